package io.weft.data.personal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cards by issuer, length and check digit (ISO/IEC 7812, Luhn): UnionPay, Visa, Mastercard, American Express, Discover,
 * JCB, Diners Club; any number of such a length where the text calls it a card.
 */
final class BankCardFinder implements Finder {
    private static final Pattern CANDIDATE = Pattern.compile("(?<![\\w.+-])(?<![0-9] )(?:[0-9]{12,19}|[0-9]{4}(?:([ -])"
            + "[0-9]{4}){2}\\1[0-9]{1,7}|[0-9]{4}(?:([ -])[0-9]{4}){3}\\2[0-9]{1,3}|[0-9]{6} [0-9]{13}|[0-9]{4}([ "
            + "-])[0-9]{6}\\3[0-9]{4,5})(?![\\w-])(?! ?[0-9])(?!\\.[0-9])");
    private static final Pattern ISSUER = Pattern.compile("62[0-9]{14,17}|81[0-9]{14,17}|4(?:[0-9]{12}|[0-9]{15}|"
            + "[0-9]{18})|"
            + "5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|3[47][0-9]{13}|"
            + "6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12,15}|35(?:2[89]|[3-8][0-9])[0-9]{12,15}|3(?:0[0-5]|[68][0-9])"
            + "[0-9]{11}");

    @Override public List<Span> find(String text) {
        List<Span> found = new ArrayList<>();
        for (Matcher matcher = CANDIDATE.matcher(text); matcher.find();) {
            MatchResult one = matcher.toMatchResult();
            String digits = Surroundings.digits(one.group());
            boolean known = ISSUER.matcher(digits).matches() && isLuhn(digits)
                    && !Surroundings.sayOther(text, one.start(), one.end());
            if (known || digits.length() >= 13 && Surroundings.sayCard(text, one.start())) {
                found.add(new Span(one.start(), one.end()));
            }
        }
        return found;
    }

    /** Whether the last digit checks the others; all zeros do not count. */
    static boolean isLuhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int twice = 2 * digit;
            sum += i % 2 == 0 ? digit : twice > 9 ? twice - 9 : twice;
        }
        return sum > 0 && sum % 10 == 0;
    }
}
