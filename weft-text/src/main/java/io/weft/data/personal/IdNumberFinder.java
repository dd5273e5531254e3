package io.weft.data.personal;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers that a state gave to a person: China's by region, date of birth and check digit (GB 11643-1999, ISO 7064 MOD
 * 11-2), the older ones of 15 digits and mistyped ones where the text calls them so, and social security numbers of the
 * United States by their groups.
 */
final class IdNumberFinder implements Finder {
    private static final Pattern CANDIDATE = Pattern.compile("(?<![\\w.-])(?:[1-9][0-9]{5}[ ]?[0-9]{8}[ "
            + "]?[0-9]{3}[0-9Xx]|[1-9][0-9]{14}|[0-9]{3}-[0-9]{2}-[0-9]{4})(?![\\w-])(?!\\.[0-9])");
    private static final Pattern SOCIAL_SECURITY = Pattern.compile("(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)"
            + "[0-9]{4}");
    /** First two digits: province, region or municipality (GB/T 2260), and those of Hong Kong, Macao and Taiwan. */
    private static final Set<String> REGIONS = Set.of("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33",
            "34", "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62",
            "63", "64",
            "65", "71", "81", "82", "83");
    private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String CHECK_DIGITS = "10X98765432";
    private static final int EARLIEST = 1880, LATEST = 2100;

    @Override public List<Span> find(String text) {
        List<Span> found = new ArrayList<>();
        for (Matcher matcher = CANDIDATE.matcher(text); matcher.find();) {
            MatchResult one = matcher.toMatchResult();
            String number = one.group();
            boolean said = Surroundings.sayIdentity(text, one.start());
            if (number.contains("-") ? SOCIAL_SECURITY.matcher(number).matches()
                    && !Surroundings.sayOther(text, one.start(), one.end())
                    : said || isResident(number.replace(" ", ""))) {
                found.add(new Span(one.start(), one.end()));
            }
        }
        return found;
    }

    /** Whether region, date and check digit are those of a number of 18 digits. */
    static boolean isResident(String number) {
        return number.length() == 18 && REGIONS.contains(number.substring(0, 2)) && isDate(number.substring(6, 14))
                && number.substring(17).equalsIgnoreCase(checkDigit(number.substring(0, 17)));
    }

    private static boolean isDate(String digits) {
        try {
            int year = Integer.parseInt(digits.substring(0, 4));
            LocalDate.of(year, Integer.parseInt(digits.substring(4, 6)), Integer.parseInt(digits.substring(6)));
            return year >= EARLIEST && year < LATEST;
        } catch (DateTimeException noSuchDay) {
            return false;
        }
    }

    private static String checkDigit(String first) {
        int sum = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            sum += WEIGHTS[i] * (first.charAt(i) - '0');
        }
        return CHECK_DIGITS.substring(sum % 11, sum % 11 + 1);
    }
}
