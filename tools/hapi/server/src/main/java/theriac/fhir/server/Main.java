package theriac.fhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * A FHIR R4 server on loopback, for tests. Its standard output is one line, the address, when it is ready. It stops when its standard
 * input ends, so that it does not outlive the test that started it, and when it is told to terminate.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Options options = null;
        Tokens tokens = null;
        try {
            options = Options.parse(arguments);
            tokens = tokensOf(options);
        } catch (IllegalArgumentException exception) {
            System.err.println("server: " + exception.getMessage() + "\n" + Options.USAGE);
            System.exit(2);
        }
        try {
            serve(options, tokens);
        } catch (Exception exception) {
            // Threads of the storage may have begun: without exit they would keep a server alive that serves nobody.
            exception.printStackTrace();
            System.exit(1);
        }
    }

    private static void serve(Options options, Tokens tokens) throws Exception {
        // Standard output is for the address only: whatever a library prints goes to standard error.
        PrintStream answers = System.out;
        System.setOut(System.err);
        if (!options.stay()) {
            stopAtEndOfInput();
        }

        var storage = new AnnotationConfigApplicationContext();
        storage.registerBean(Options.class, () -> options);
        storage.register(Storage.class);
        storage.refresh();

        var jetty = new Server();
        var connector = new ServerConnector(jetty, 1, 1);
        connector.setHost("127.0.0.1");
        connector.setPort(options.port());
        jetty.addConnector(connector);
        var servlets = new ServletContextHandler("/");
        var fhir = fhirServer(storage, options);
        if (tokens != null) {
            fhir.registerInterceptor(new BearerInterceptor(tokens));
            servlets.addServlet(new ServletHolder(new TokenServlet(tokens)), "/token");
        }
        servlets.addServlet(new ServletHolder(fhir), "/fhir/*");
        jetty.setHandler(servlets);
        jetty.setStopAtShutdown(true);
        jetty.start();
        answers.println("http://127.0.0.1:" + connector.getLocalPort() + "/fhir");
        answers.flush();
        jetty.join();
    }

    /** Null where everybody may read and write. */
    private static Tokens tokensOf(Options options) {
        if (!options.bearer() && options.tokenSeconds() == 0) {
            return null;
        }
        String bearer = options.bearer() ? needed("FHIR_BEARER", "--bearer") : null;
        String id = options.tokenSeconds() > 0 ? needed("FHIR_CLIENT_ID", "--token-seconds") : null;
        String secret = options.tokenSeconds() > 0 ? needed("FHIR_CLIENT_SECRET", "--token-seconds") : null;
        return new Tokens(bearer, id, secret, Duration.ofSeconds(options.tokenSeconds()));
    }

    private static String needed(String variable, String option) {
        String value = System.getenv(variable);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(option + " needs " + variable + " in the environment");
        }
        return value;
    }

    private static RestfulServer fhirServer(AnnotationConfigApplicationContext storage, Options options) {
        var server = new RestfulServer(storage.getBean(FhirContext.class));
        server.registerProviders(storage.getBean(ResourceProviderFactory.class).createProviders());
        server.registerProvider(storage.getBean(IJpaSystemProvider.class));
        server.setServerConformanceProvider(new JpaCapabilityStatementProvider(
                server,
                storage.getBean(IFhirSystemDao.class),
                storage.getBean(JpaStorageSettings.class),
                storage.getBean(ISearchParamRegistry.class),
                storage.getBean(IValidationSupport.class)));
        var paging = storage.getBean(DatabaseBackedPagingProvider.class);
        paging.setDefaultPageSize(options.pageSize());
        paging.setMaximumPageSize(options.pageSize());
        server.setPagingProvider(paging);
        server.setDefaultResponseEncoding(EncodingEnum.JSON);
        return server;
    }

    private static void stopAtEndOfInput() {
        var watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // What is written here means nothing; only the end does.
                }
            } catch (IOException closed) {
                // As good as the end.
            }
            System.exit(0);
        });
        watch.setDaemon(true);
        watch.start();
    }
}
