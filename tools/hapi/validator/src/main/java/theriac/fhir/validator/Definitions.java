package theriac.fhir.validator;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * What the validator knows beside FHIR itself: the definitions in folders (with all folders below them), and the other resources there,
 * which are what references may point to.
 */
final class Definitions {
    private static final Set<String> CONFORMANCE = Set.of("StructureDefinition", "CodeSystem", "ValueSet");

    final PrePopulatedValidationSupport support;
    /** Resources that are no definitions, as JSON by `Type/id`. */
    final Map<String, String> instances = new HashMap<>();

    private final FhirContext context;

    private Definitions(FhirContext context) {
        this.context = context;
        this.support = new PrePopulatedValidationSupport(context);
    }

    static Definitions read(FhirContext context, List<Path> folders) throws IOException {
        Definitions definitions = new Definitions(context);
        for (Path folder : folders) {
            for (Path file : resourcesIn(folder)) {
                definitions.add(file);
            }
        }
        return definitions;
    }

    /** The files `*.json` and `*.xml` in the folder and below it, in the order of their names; or the file itself. */
    static List<Path> resourcesIn(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> path.toString().endsWith(".json") || path.toString().endsWith(".xml"))
                    .sorted()
                    .toList();
        }
    }

    /** The file's text without a byte order mark, which parsers of JSON and XML stumble over. */
    static String textOf(Path file) throws IOException {
        String text = Files.readString(file);
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private void add(Path file) throws IOException {
        IBaseResource resource;
        try {
            String text = textOf(file);
            resource = (text.stripLeading().startsWith("<") ? context.newXmlParser() : context.newJsonParser()).parseResource(text);
        } catch (DataFormatException exception) {
            throw new IOException(file + " is no FHIR R4 resource: " + exception.getMessage(), exception);
        }
        if (CONFORMANCE.contains(resource.fhirType())) {
            support.addResource(resource);
        } else if (resource.getIdElement().hasIdPart()) {
            String name = resource.fhirType() + "/" + resource.getIdElement().getIdPart();
            instances.put(name, context.newJsonParser().encodeResourceToString(resource));
        }
    }
}
