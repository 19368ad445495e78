package theriac.fhir.validator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.common.hapi.validation.validator.FhirDefaultPolicyAdvisor;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.Manager;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidatorResourceFetcher;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;

/**
 * Follows references. Without both halves, the fetcher and the policy, the validator checks no reference.
 *
 * <p>A target that is known, or stands in the same Bundle, must have the type and conform to the profile that is asked for. Of any other
 * target that is named as `Type/id` only the type is checked, as if it existed; with `--strict` it is an error.
 */
final class References extends FhirDefaultPolicyAdvisor implements IValidatorResourceFetcher {
    /** A relative reference: type and id, perhaps with a version. */
    private static final Pattern TYPED = Pattern.compile("([A-Za-z]+)/([A-Za-z0-9.-]{1,64})(/_history/.*)?");

    private final Map<String, String> known;
    private final boolean strict;
    private final Supplier<IWorkerContext> context;

    /** The context is asked for at the first reference: the validator makes it late. */
    References(Map<String, String> known, boolean strict, Supplier<IWorkerContext> context) {
        this.known = known;
        this.strict = strict;
        this.context = context;
    }

    @Override
    public ReferenceValidationPolicy policyForReference(
            IResourceValidator validator, Object appContext, String path, String url, ReferenceDestinationType destination) {
        if (strict || known.containsKey(url)) {
            return ReferenceValidationPolicy.CHECK_VALID;
        }
        return TYPED.matcher(url).matches()
                ? ReferenceValidationPolicy.CHECK_EXISTS_AND_TYPE
                : ReferenceValidationPolicy.CHECK_TYPE_IF_EXISTS;
    }

    @Override
    public Element fetch(IResourceValidator validator, Object appContext, String url) throws IOException {
        String resource = known.get(url);
        if (resource == null && !strict) {
            resource = assumed(url);
        }
        if (resource == null) {
            return null;
        }
        var bytes = new ByteArrayInputStream(resource.getBytes(StandardCharsets.UTF_8));
        return Manager.parseSingle(context.get(), bytes, Manager.FhirFormat.JSON);
    }

    /** A resource that has only what its name tells; null where that is no type of FHIR R4. */
    private String assumed(String url) {
        Matcher name = TYPED.matcher(url);
        return name.matches() && context.get().getResourceNamesAsSet().contains(name.group(1))
                ? "{\"resourceType\":\"" + name.group(1) + "\",\"id\":\"" + name.group(2) + "\"}"
                : null;
    }

    /** Addresses that are no references, such as those of code systems, are names here: nothing is fetched. */
    @Override
    public boolean resolveURL(
            IResourceValidator validator, Object appContext, String path, String url, String type, boolean canonical, List<CanonicalType> targets) {
        return true;
    }

    @Override
    public byte[] fetchRaw(IResourceValidator validator, String url) {
        return null;
    }

    @Override
    public IValidatorResourceFetcher setLocale(Locale locale) {
        return this;
    }

    @Override
    public CanonicalResource fetchCanonicalResource(IResourceValidator validator, Object appContext, String url) {
        return null;
    }

    @Override
    public boolean fetchesCanonicalResource(IResourceValidator validator, String url) {
        return false;
    }

    @Override
    public Set<ResourceVersionInformation> fetchCanonicalResourceVersions(IResourceValidator validator, Object appContext, String url) {
        return Set.of();
    }
}
