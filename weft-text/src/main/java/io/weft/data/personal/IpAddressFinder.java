package io.weft.data.personal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses of machines on the internet; those of private networks, loopback and masks are everybody's and are left.
 */
final class IpAddressFinder implements Finder {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern ADDRESS = Pattern.compile("(?<![\\w.-])(?:" + OCTET + "\\.){3}" + OCTET + "(?![\\w-])"
            + "(?!\\.[0-9])|(?<![\\w:.])[23][0-9a-fA-F]{3}(?::[0-9a-fA-F]{1,4}){7}(?![\\w:])|(?<![\\w:.])[23]"
            + "[0-9a-fA-F]{3}(?::[0-9a-fA-F]{1,4}){1,5}::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,4})?(?![\\w:])");
    private static final Pattern NOBODYS = Pattern.compile("(?:0|10|127|255|22[4-9]|23[0-9])\\..*|192\\.168\\..*"
            + "|169\\.254\\..*|172\\.(?:1[6-9]|2[0-9]|3[01])\\..*|.*\\.0\\.0");

    @Override public List<Span> find(String text) {
        List<Span> found = new ArrayList<>();
        for (Matcher matcher = ADDRESS.matcher(text); matcher.find();) {
            if (!NOBODYS.matcher(matcher.group()).matches()
                    && !Surroundings.sayOther(text, matcher.start(), matcher.end())) {
                found.add(new Span(matcher.start(), matcher.end()));
            }
        }
        return found;
    }
}
