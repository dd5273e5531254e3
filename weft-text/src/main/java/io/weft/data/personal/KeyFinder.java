package io.weft.data.personal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys, tokens and passwords: by the beginnings that services give theirs, private keys whole, passwords in addresses,
 * and values that the text calls a key or a password. What somebody should put there ({@code sk-your-key}, {@code
 * xxxx}) has too little in it to be one.
 */
final class KeyFinder implements Finder {
    private static final Pattern KNOWN = Pattern.compile("(?<![A-Za-z0-9_-])(?:sk-(?:proj-|svcacct-|ant-(?:api03-)?"
            + "|or-v1-)?[A-Za-z0-9_-]{20,200}|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-"
            + "[A-Za-z0-9_-]{20,64}|"
            + "(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}|xox[abeprs]-[A-Za-z0-9-]{10,200}|hf_[A-Za-z0-9]{30,64}|"
            + "LTAI[A-Za-z0-9]{12,30}|AKID[A-Za-z0-9]{13,40}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,200}|"
            + "npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,250}|SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,64}|"
            + "ya29\\.[A-Za-z0-9_-]{20,250}|eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\."
            + "[A-Za-z0-9_-]{10,2000})(?![A-Za-z0-9_-])");
    private static final Pattern PRIVATE = Pattern.compile("-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE "
            + "KEY-----[^-]{20,20000}-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----");
    private static final Pattern IN_ADDRESS = Pattern.compile("[a-z][a-z0-9+.-]{1,20}://[^/\\s:@]{1,100}:("
            + "[^/\\s:@]{4,200})@");
    private static final Pattern NAMED = Pattern.compile("(?i)(?:api[_ -]?key|secret(?:[_ -]?(?:access)?[_ -]?key)?|"
            + "access[_ -]?(?:key|token)|auth[_ -]?token|(?<![a-z])token|passw(?:or)?d|passphrase|(?<![a-z])pwd|bearer|"
            + "密码|密钥|口令|令牌)[\"']?(?:[ \\t]{0,3}(?:[:=：]|=>|是|为|is)[ \\t]{0,3}|[ \\t]{1,3})[\"'`“]?"
            + "([A-Za-z0-9_!@#$%^&*+/.~?-]{8,200}={0,2})(?![A-Za-z0-9(\\[])");
    private static final Pattern PLACEHOLDER = Pattern.compile("(?i).*(?:your|example|placeholder|changeme|xxxx"
            + "|\\*{3}|\\.{3}|123456789|todo|dummy|redacted|replace|insert).*");
    /** Bits a character below which a value is a word or a pattern of fingers and not drawn by a machine. */
    private static final double LEAST_BITS = 2.75;

    @Override public List<Span> find(String text) {
        List<Span> found = new ArrayList<>();
        for (Matcher matcher = PRIVATE.matcher(text); matcher.find();) {
            found.add(new Span(matcher.start(), matcher.end()));
        }
        add(found, KNOWN.matcher(text), 0, text);
        add(found, IN_ADDRESS.matcher(text), 1, text);
        add(found, NAMED.matcher(text), 1, text);
        found.sort(Comparator.comparingInt(Span::start));
        return found;
    }

    private static void add(List<Span> found, Matcher matcher, int group, String text) {
        while (matcher.find()) {
            int end = matcher.end(group);
            while (end > matcher.start(group) && ".!?".indexOf(text.charAt(end - 1)) >= 0) {
                end--; // the end of a sentence
            }
            Span span = new Span(matcher.start(group), end);
            if (isDrawn(text.substring(span.start(), span.end())) && found.stream().noneMatch(span::overlaps)) {
                found.add(span);
            }
        }
    }

    /** Whether a value has digits and letters, and enough of them by chance. */
    private static boolean isDrawn(String value) {
        return value.length() >= 8 && value.chars().anyMatch(c -> c >= '0' && c <= '9')
                && value.chars().anyMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
                && !PLACEHOLDER.matcher(value).matches() && bits(value) >= LEAST_BITS;
    }

    /** Shannon's entropy of the characters, in bits a character. */
    private static double bits(String value) {
        int[] counts = new int[128];
        value.chars().forEach(c -> counts[c < 128 ? c : 127]++);
        double bits = 0;
        for (int count : counts) {
            double share = (double) count / value.length();
            bits -= count == 0 ? 0 : share * Math.log(share) / Math.log(2);
        }
        return bits;
    }
}
