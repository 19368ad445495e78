package theriac.fhir.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The bearer tokens that are good: a lasting one, where there is one, and those that were issued and have not expired. */
final class Tokens {
    private final String lasting;
    private final String clientId;
    private final String clientSecret;
    final Duration life;

    private final Map<String, Instant> ends = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /** The lasting token, the client's id or its secret may be null: then there is none. */
    Tokens(String lasting, String clientId, String clientSecret, Duration life) {
        this.lasting = lasting;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.life = life;
    }

    boolean isClient(String id, String secret) {
        return same(id, clientId) & same(secret, clientSecret);
    }

    String issue() {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        ends.put(token, Instant.now().plus(life));
        return token;
    }

    boolean isGood(String token) {
        Instant end = ends.get(token);
        return same(token, lasting) || end != null && Instant.now().isBefore(end);
    }

    private static boolean same(String given, String wanted) {
        return given != null
                && wanted != null
                && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    }
}
