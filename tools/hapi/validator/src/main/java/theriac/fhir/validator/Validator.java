package theriac.fhir.validator;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.OperationOutcome;

/** HAPI's validator of FHIR R4, with the definitions of some folders before its own. It needs no network. */
final class Validator {
    private final FhirContext context = FhirContext.forR4();
    private final FhirValidator validator;

    Validator(List<Path> folders, boolean strict) throws IOException {
        Definitions definitions = Definitions.read(context, folders);
        // The order matters: what the folders define goes before what FHIR has under the same name, and snapshots are made from all of them.
        var chain = new ValidationSupportChain(
                definitions.support,
                new DefaultProfileValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context),
                new SnapshotGeneratingValidationSupport(context));
        var module = new FhirInstanceValidator(chain);
        var references = new References(definitions.instances, strict, module::getWorkerContext);
        module.setValidatorResourceFetcher(references);
        module.setValidatorPolicyAdvisor(references);
        validator = context.newValidator().registerValidatorModule(module);
    }

    /** What is wrong with the resource, JSON or XML. What does not parse gets an outcome, too. */
    OperationOutcome validate(String resource) {
        try {
            return (OperationOutcome) validator.validateWithResult(resource).toOperationOutcome();
        } catch (RuntimeException exception) {
            var outcome = new OperationOutcome();
            outcome.addIssue()
                    .setSeverity(OperationOutcome.IssueSeverity.FATAL)
                    .setCode(OperationOutcome.IssueType.STRUCTURE)
                    .setDiagnostics(String.valueOf(exception.getMessage()));
            return outcome;
        }
    }

    /** The outcome in one line. */
    String json(OperationOutcome outcome) {
        return context.newJsonParser().setPrettyPrint(false).encodeResourceToString(outcome);
    }
}
