package theriac.fhir.server;

/**
 * What the command line says.
 *
 * @param port 0 takes a free one
 * @param pageSize how many resources a page of search results has at most
 * @param looseReferences whether references may point to what does not exist
 * @param stay whether the server goes on when its standard input ends
 * @param bearer whether requests need the token that FHIR_BEARER has
 * @param tokenSeconds 0, or for how long a token is good that `/token` gives to the client of FHIR_CLIENT_ID and FHIR_CLIENT_SECRET
 */
record Options(int port, int pageSize, boolean looseReferences, boolean stay, boolean bearer, int tokenSeconds) {
    static final String USAGE =
            "usage: server [--port N] [--page-size N] [--loose-references] [--stay] [--bearer] [--token-seconds N]";

    /** @throws IllegalArgumentException where the arguments are not these */
    static Options parse(String[] arguments) {
        int port = 0;
        int pageSize = 20;
        int tokenSeconds = 0;
        boolean looseReferences = false;
        boolean stay = false;
        boolean bearer = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--port" -> port = number(arguments, ++i, 0, 65535);
                case "--page-size" -> pageSize = number(arguments, ++i, 1, 1000);
                case "--token-seconds" -> tokenSeconds = number(arguments, ++i, 1, 86400);
                case "--loose-references" -> looseReferences = true;
                case "--stay" -> stay = true;
                case "--bearer" -> bearer = true;
                default -> throw new IllegalArgumentException("there is no option " + arguments[i]);
            }
        }
        return new Options(port, pageSize, looseReferences, stay, bearer, tokenSeconds);
    }

    private static int number(String[] arguments, int at, int least, int most) {
        String option = arguments[at - 1];
        String value = at < arguments.length ? arguments[at] : "";
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(option + " takes a number from " + least + " to " + most);
        }
        return Integer.parseInt(value);
    }
}
