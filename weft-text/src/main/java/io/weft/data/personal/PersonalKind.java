package io.weft.data.personal;

import io.weft.settings.Word;
import java.util.List;

/** What is looked for, the surer kinds first: where two claim the same characters, the first one has them. */
public enum PersonalKind implements Word {
    KEY(new KeyFinder()), EMAIL(new EmailFinder()), ID_NUMBER(new IdNumberFinder()),
    BANK_CARD(new BankCardFinder()), PHONE(new PhoneFinder()),
    IP_ADDRESS(new IpAddressFinder());

    private final Finder finder;

    PersonalKind(Finder finder) { this.finder = finder; }

    /** What stands in a text where such a thing stood. */
    public String mask() { return "<" + word() + ">"; }

    /** @param narrow the text, every character of full width in its narrow form */
    List<Span> in(String narrow) { return finder.find(narrow); }
}
