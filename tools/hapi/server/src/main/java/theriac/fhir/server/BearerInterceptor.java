package theriac.fhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.AuthenticationException;

/** Refuses requests without a good bearer token (RFC 6750), but for the server's own description. */
@Interceptor
public final class BearerInterceptor {
    private final Tokens tokens;

    BearerInterceptor(Tokens tokens) {
        this.tokens = tokens;
    }

    /** HAPI calls it before anything is done, and answers the exception with an OperationOutcome. */
    @Hook(Pointcut.SERVER_INCOMING_REQUEST_POST_PROCESSED)
    public void authenticate(RequestDetails request) {
        if (request.getRestOperationType() == RestOperationTypeEnum.METADATA) {
            return;
        }
        String header = request.getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw refusal("a bearer token is needed", "Bearer realm=\"fhir\"");
        }
        if (!tokens.isGood(header.substring(7).strip())) {
            throw refusal("the bearer token is wrong or has expired", "Bearer realm=\"fhir\", error=\"invalid_token\"");
        }
    }

    private static AuthenticationException refusal(String why, String challenge) {
        var exception = new AuthenticationException(why);
        exception.addResponseHeader("WWW-Authenticate", challenge);
        return exception;
    }
}
