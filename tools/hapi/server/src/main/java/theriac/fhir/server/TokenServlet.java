package theriac.fhir.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** OAuth 2.0 for a client that acts for itself (RFC 6749, section 4.4): its id and secret come by HTTP Basic or in the form. */
final class TokenServlet extends HttpServlet {
    private final transient Tokens tokens;

    TokenServlet(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String[] client = clientOf(request);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        if (!tokens.isClient(client[0], client[1])) {
            response.setHeader("WWW-Authenticate", "Basic realm=\"token\"");
            answer(response, 401, "{\"error\":\"invalid_client\"}");
        } else if (!"client_credentials".equals(request.getParameter("grant_type"))) {
            answer(response, 400, "{\"error\":\"unsupported_grant_type\"}");
        } else {
            String format = "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}";
            answer(response, 200, format.formatted(tokens.issue(), tokens.life.toSeconds()));
        }
    }

    private static String[] clientOf(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return new String[] {request.getParameter("client_id"), request.getParameter("client_secret")};
        }
        try {
            String pair = new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            // Both halves are form-encoded before they are joined (section 2.3.1).
            return colon < 0
                    ? new String[2]
                    : new String[] {
                        URLDecoder.decode(pair.substring(0, colon), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(colon + 1), StandardCharsets.UTF_8)
                    };
        } catch (IllegalArgumentException notEncodedSo) {
            return new String[2];
        }
    }

    private static void answer(HttpServletResponse response, int status, String body) throws IOException {
        response.setStatus(status);
        response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
}
