package io.weft.data.personal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Phones: Chinese mobile numbers by their assigned beginnings, Chinese landlines with an area code, international
 * numbers by country code and length (E.164), North American ones by their numbering plan, and any other where the text
 * calls it a phone. Numbers of services (400, 95588, 110) are nobody's and are left.
 */
final class PhoneFinder implements Finder {
    /** Digits with what people put between them; what these digits are is told afterwards. */
    private static final Pattern CANDIDATE = Pattern.compile("(?<![\\w.+=%$¥€£-])(?<![^0-9]/)(?:\\+[ "
            + "]?|00)?(?:[0-9]|\\([0-9]{2,4}\\))"
            + "(?:[ .-]?[0-9]|[ .-]?\\([0-9]{1,4}\\)[ .-]?[0-9]){5,16}(?:(?:转|[ ,]{0,2}(?:ext\\.?|x))[ ]?[0-9]{1,5})?"
            + "(?![\\w=%])(?!/[^0-9])(?![.,:-][0-9])");
    private static final Pattern MOBILE = Pattern.compile("1(?:3[0-9]|4[0-14-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|"
            + "9[0-35-9])[0-9]{8}");
    private static final Pattern MOBILE_WRITTEN = Pattern.compile("[0-9]{11}|[0-9]{3}([ -])[0-9]{4}\\1[0-9]{4}|"
            + "[0-9]{3}([ -])[0-9]{3}\\2[0-9]{5}|[0-9]{5}[ -][0-9]{6}|[0-9]{3} [0-9]{8}|[0-9]{4} [0-9]{3} [0-9]{4}");
    private static final Pattern LANDLINE = Pattern.compile("(?:\\((0[0-9]{2,3})\\)|(0[0-9]{2,3}))([ "
            + "-]?)([2-9][0-9]{2,3}[ -]?[0-9]{4})");
    private static final Pattern AREA = Pattern.compile("010|02[0-57-9]|0[3-9][0-9]{2}");
    private static final Pattern NORTH_AMERICAN = Pattern.compile("(?:1[ .-])?(?:\\([2-9][0-9]{2}\\)[ "
            + ".-]?|[2-9][0-9]{2}([ .-]))[2-9][0-9]{2}[ .-][0-9]{4}");
    private static final Pattern BRITISH = Pattern.compile("07[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}|0[12][0-9]{1,3}[ "
            + "-][0-9]{3,4}[ -][0-9]{3,4}");
    private static final Pattern DATE = Pattern.compile("(?:19|20)[0-9]{2}[ .-]?(?:0[1-9]|1[0-2])[ "
            + ".-]?(?:0[1-9]|[12][0-9]|3[01])(?:[ .-]?[0-9]{2,6})?");
    private static final Pattern EXTENSION = Pattern.compile("(?:转|[ ,]{0,2}(?:ext\\.?|x))[ ]?[0-9]{1,5}$");
    /** Country codes of the ITU's list of one, two and three digits; those of three by their first two. */
    private static final Set<String> ONE = Set.of("1", "7"),
            TWO = Set.of("20", "27", "30", "31", "32", "33", "34", "36",
            "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54", "55", "56", "57",
            "58", "60",
            "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"),
            THREE = Set.of("21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68",
                    "69",
            "85", "87", "88", "96", "97", "99");

    @Override public List<Span> find(String text) {
        List<Span> found = new ArrayList<>();
        for (Matcher matcher = CANDIDATE.matcher(text); matcher.find();) {
            MatchResult candidate = matcher.toMatchResult();
            if (isPhone(text, candidate)) {
                found.add(new Span(candidate.start(), candidate.end()));
            }
        }
        return found;
    }

    private static boolean isPhone(String text, MatchResult candidate) {
        String number = EXTENSION.matcher(candidate.group()).replaceFirst(""), digits = Surroundings.digits(number);
        if (number.startsWith("+") || number.startsWith("00")) {
            return isInternational(digits.replaceFirst("^00", ""))
                    && !Surroundings.sayOther(text, candidate.start(), candidate.end());
        }
        if (Surroundings.sayOther(text, candidate.start(), candidate.end()) || isService(digits)) {
            return false;
        }
        if (text.startsWith("/", candidate.end()) || text.startsWith("/", candidate.start() - 1)) {
            return MOBILE.matcher(digits).matches(); // one of two; anything else may be a date or a fraction
        }
        if (Surroundings.sayPhone(text, candidate.start())) {
            return digits.length() >= 7 && digits.length() <= 15;
        }
        if (DATE.matcher(number).matches()) {
            return false;
        }
        return MOBILE.matcher(digits).matches() && MOBILE_WRITTEN.matcher(number).matches()
                || digits.startsWith("86") && MOBILE.matcher(digits.substring(2)).matches() || isLandline(number)
                || NORTH_AMERICAN.matcher(number).matches() || BRITISH.matcher(number).matches();
    }

    private static boolean isLandline(String number) {
        Matcher matcher = LANDLINE.matcher(number);
        if (!matcher.matches()) {
            return false;
        }
        String area = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        int digits = Surroundings.digits(matcher.group(4)).length();
        return AREA.matcher(area).matches() && (area.length() == 3 ? digits == 8 : digits >= 7);
    }

    private static boolean isService(String digits) { return digits.matches("[48]00[0-9]{7}|1?800[2-9][0-9]{6}"); }

    /** @param digits country code first */
    private static boolean isInternational(String digits) {
        int code = code(digits);
        if (code == 0 || digits.length() < 8 || digits.length() > 15) {
            return false;
        }
        String national = digits.substring(code);
        return switch (digits.substring(0, code)) {
            case "1" -> national.matches("[2-9][0-9]{2}[2-9][0-9]{6}");
            case "86" -> MOBILE.matcher(national).matches() || national.matches("(?:10|2[0-57-9])[2-8][0-9]{7}|"
                    + "[3-9][0-9]{2}[2-8][0-9]{6,7}");
            case "44" -> national.matches("0?[1-9][0-9]{8,9}");
            case "852", "853" -> national.matches("[2-9][0-9]{7}");
            case "886" -> national.matches("0?[2-9][0-9]{7,8}");
            default -> national.length() >= 6 && !national.matches("0{2,}.*|.*0{6,}");
        };
    }

    /** Digits of the country code; 0 for none. */
    private static int code(String digits) {
        if (digits.length() < 3) {
            return 0;
        }
        return ONE.contains(digits.substring(0, 1)) ? 1 : TWO.contains(digits.substring(0, 2)) ? 2
                : THREE.contains(digits.substring(0, 2)) ? 3 : 0;
    }
}
