// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {Agency, IdLibrary, ModelId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract RegisterModelTest is GoodsTest {
    function testFuzz_RegisterModel_Gtin(
        uint256 digits,
        bool drug,
        bytes32 digest,
        bool large
    ) external {
        vm.assume(digest != 0);
        string memory gtin = _gtin(digits);
        ICatalog.Product product = drug ? ICatalog.Product.Drug : ICatalog.Product.Device;
        Content memory document = Content(digest, large ? CODEC_DAG_PB : CODEC_RAW);
        ModelId expected = ModelId.wrap(keccak256(abi.encode("GS1", gtin)));

        vm.expectEmit(address(catalog));
        emit ICatalog.ModelRegistered(expected, maker, Agency.GS1, gtin, product, document);
        vm.prank(maker);
        ModelId registered = catalog.registerModel(Agency.GS1, gtin, product, document);

        assertTrue(registered == expected, "model id");
        ICatalog.Registration memory registration = catalog.registrationOf(registered, maker);
        assertEq(registration.digest, digest, "digest");
        assertEq(registration.codec, document.codec, "codec");
        assertEq(uint8(registration.product), uint8(product), "product");
        assertEq(registration.registeredAt, block.timestamp, "registered at");
        assertEq(catalog.modelOf(registered).manufacturer, address(0), "approved by nobody");
    }

    function testFuzz_RegisterModel_OtherAgencies(
        uint256 length,
        bool iccbba
    ) external {
        length = bound(length, 1, 25);
        string memory di = _text(length);
        Agency agency = iccbba ? Agency.ICCBBA : Agency.HIBCC;

        vm.prank(maker);
        ModelId registered = catalog.registerModel(agency, di, ICatalog.Product.Device, _content("model"));

        bytes32 expected = keccak256(abi.encode(iccbba ? "ICCBBA" : "HIBCC", di));
        assertEq(ModelId.unwrap(registered), expected, "model id");
        assertEq(catalog.registrationOf(registered, maker).registeredAt, block.timestamp, "registered at");
    }

    function test_RevertWhen_GtinHasNotFourteenDigits() external {
        _expectBadIdentifier(Agency.GS1, "");
        _expectBadIdentifier(Agency.GS1, "4012345678901");
        _expectBadIdentifier(Agency.GS1, "004012345678901");
    }

    function test_RevertWhen_GtinHasOtherCharacters() external {
        // 0x2F and 0x3A stand beside "0" and "9"; by the sum of their places both texts would be right.
        _expectBadIdentifier(Agency.GS1, ":4012345678901");
        _expectBadIdentifier(Agency.GS1, "/4012345678904");
        _expectBadIdentifier(Agency.GS1, "0401234567890A");
    }

    function testFuzz_RevertWhen_CheckDigitIsWrong(
        uint256 digits,
        uint256 shift
    ) external {
        bytes memory gtin = bytes(_gtin(digits));
        shift = bound(shift, 1, 9);
        gtin[13] = bytes1(uint8(0x30 + (uint8(gtin[13]) - 0x30 + shift) % 10));
        _expectBadIdentifier(Agency.GS1, string(gtin));
    }

    function testFuzz_RevertWhen_OneDigitIsMistaken(
        uint256 digits,
        uint256 place,
        uint256 shift
    ) external {
        bytes memory gtin = bytes(_gtin(digits));
        place = bound(place, 0, 12);
        shift = bound(shift, 1, 9);
        gtin[place] = bytes1(uint8(0x30 + (uint8(gtin[place]) - 0x30 + shift) % 10));
        _expectBadIdentifier(Agency.GS1, string(gtin));
    }

    function test_RevertWhen_IdentifierIsEmptyOrLong() external {
        _expectBadIdentifier(Agency.HIBCC, "");
        _expectBadIdentifier(Agency.HIBCC, _text(26));
        _expectBadIdentifier(Agency.ICCBBA, "");
        _expectBadIdentifier(Agency.ICCBBA, _text(26));
    }

    function testFuzz_RevertWhen_DocumentIsMalformed(
        bytes32 digest,
        uint8 codec
    ) external {
        vm.assume(digest == 0 || (codec != CODEC_RAW && codec != CODEC_DAG_PB));
        _expectBadDocument(digest, codec);
    }

    function test_RevertWhen_DocumentHasNoDigest() external {
        _expectBadDocument(0, CODEC_RAW);
        _expectBadDocument(0, CODEC_DAG_PB);
    }

    function test_RevertGiven_CallerIsNotAnActiveManufacturer() external {
        _expectNotManufacturer(distributor);
        _expectNotManufacturer(certifier);
        _expectNotManufacturer(regulator);
        _expectNotManufacturer(stranger);
        _suspend(maker);
        _expectNotManufacturer(maker);
    }

    function test_RevertGiven_ModelIsApproved() external {
        _registerModel(maker);
        _approveModel();

        address[2] memory callers = [maker, rival];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_ModelApproved.selector, model, maker));
            vm.prank(callers[i]);
            catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Device, _content("another"));
        }
    }

    function test_GivenRivalRegisteredTheSameDi() external {
        vm.prank(rival);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Device, _content("the rival's"));
        _registerModel(maker);

        assertEq(catalog.registrationOf(model, rival).digest, _content("the rival's").digest, "rival's");
        assertEq(catalog.registrationOf(model, maker).digest, _content("model").digest, "manufacturer's");
    }

    function test_GivenCallerRegisteredItBefore() external {
        _registerModel(maker);
        skip(1 days);

        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Drug, Content(keccak256("second"), CODEC_DAG_PB));

        ICatalog.Registration memory registration = catalog.registrationOf(model, maker);
        assertEq(registration.digest, keccak256("second"), "digest");
        assertEq(registration.codec, CODEC_DAG_PB, "codec");
        assertEq(uint8(registration.product), uint8(ICatalog.Product.Drug), "product");
        assertEq(registration.registeredAt, block.timestamp, "registered at");
    }

    function test_GivenModelWasStruck() external {
        _registerModel(maker);
        _approveModel();
        _strikeModel();
        _registerModel(rival);
        assertEq(catalog.registrationOf(model, rival).registeredAt, block.timestamp, "registered at");
    }

    function _expectBadIdentifier(
        Agency agency,
        string memory di
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_BadIdentifier.selector, di));
        vm.prank(maker);
        catalog.registerModel(agency, di, ICatalog.Product.Device, _content("model"));
    }

    function _expectBadDocument(
        bytes32 digest,
        uint8 codec
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_BadDocument.selector, digest, codec));
        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Device, Content(digest, codec));
    }

    function _expectNotManufacturer(
        address account
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotManufacturer.selector, account));
        vm.prank(account);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Device, _content("model"));
    }

    /// @dev Thirteen digits of the seed, and the check digit that GS1's public text describes: counted from the right, odd places weigh 3.
    function _gtin(
        uint256 seed
    ) private pure returns (string memory) {
        bytes memory gtin = new bytes(14);
        uint256 sum;
        for (uint256 fromRight = 1; fromRight <= 13; ++fromRight) {
            uint256 digit = seed % 10;
            seed /= 10;
            sum += fromRight % 2 == 1 ? 3 * digit : digit;
            // A digit.
            // forge-lint: disable-next-line(unsafe-typecast)
            gtin[13 - fromRight] = bytes1(uint8(0x30 + digit));
        }
        gtin[13] = bytes1(uint8(0x30 + (10 - sum % 10) % 10));
        return string(gtin);
    }
}
