package theriac.fhir.validator;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;

/**
 * Validates FHIR R4 resources.
 *
 * <p>Without {@code --check} it reads one resource a line from standard input (UTF-8; JSON, or XML where the line begins with {@code <})
 * and writes one OperationOutcome a line (JSON) to standard output, until the input ends. With {@code --check} it validates the files of a
 * folder, writes what is wrong with each, and ends with 1 if any has an error.
 */
public final class Main {
    private static final String USAGE = "usage: validator [--strict] [--check FOLDER] DEFINITIONS…";

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        boolean strict = false;
        Path check = null;
        List<Path> folders = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--strict" -> strict = true;
                case "--check" -> check = i + 1 < arguments.length ? Path.of(arguments[++i]) : Path.of("");
                default -> folders.add(Path.of(arguments[i]));
            }
        }
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                System.err.println("validator: " + folder + " is no folder of definitions\n" + USAGE);
                System.exit(2);
            }
        }
        if (check != null && !Files.exists(check)) {
            System.err.println("validator: there is no " + check + "\n" + USAGE);
            System.exit(2);
        }
        // Standard output is for answers only: whatever a library prints goes to standard error.
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err);

        var validator = new Validator(folders, strict);
        if (check == null) {
            answerLines(validator, answers);
        } else {
            System.exit(checkFiles(validator, check, answers) ? 0 : 1);
        }
    }

    private static void answerLines(Validator validator, PrintStream answers) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.println(validator.json(validator.validate(line)));
            answers.flush();
        }
    }

    /** Whether no file has an error. */
    private static boolean checkFiles(Validator validator, Path folder, PrintStream answers) throws IOException {
        List<Path> files = Definitions.resourcesIn(folder);
        int faulty = 0;
        for (Path file : files) {
            var errors = validator.validate(Definitions.textOf(file)).getIssue().stream()
                    .filter(issue -> issue.getSeverity() == IssueSeverity.ERROR || issue.getSeverity() == IssueSeverity.FATAL)
                    .toList();
            answers.println((errors.isEmpty() ? "valid   " : "faulty  ") + file);
            for (var error : errors) {
                String place = error.hasLocation() ? error.getLocation().get(0) + ": " : "";
                answers.println("        " + place + error.getDiagnostics());
            }
            faulty += errors.isEmpty() ? 0 : 1;
        }
        answers.println(files.size() + " files, " + faulty + " with errors");
        answers.flush();
        if (files.isEmpty()) {
            System.err.println("validator: " + folder + " has no *.json or *.xml");
        }
        return faulty == 0 && !files.isEmpty();
    }
}
