package io.weft.data.personal;

import java.util.regex.Pattern;

/** What stands around a number and says what it is. */
final class Surroundings {
    /** A label that is not the number's own stands further away than so many characters. */
    private static final int NEAR = 24;
    private static final String LABEL_END = "[ \\t]{0,2}(?:号码|号|number|no\\.?|num\\.?)?[ "
            + "\\t]{0,2}(?:is|are|was|at|on|to|"
            + "为|是|：|:|#|=|\\(|（|\"|“|'|，|,)?[ \\t]{0,2}[\"“'(（]?$";
    private static final Pattern OTHER = Pattern.compile("(?i)(?:订单|单号|运单|快递|流水|编号|工单|批次|序列|型号|版本|学号|工号|"
            + "货号|条码|案号|票号|房号|合同|发票|交易|(?<![a-z])(?:order|invoice|ticket|tracking|serial|sku|isbn|issn|doi|"
            + "part|batch|version|build|revision|case|reference|ref|transaction|item|product|model|lot|barcode|upc|ean|"
            + "commit|port|pid|uid|timestamp|epoch|row|line|page|section)(?: id)?)" + LABEL_END);
    private static final Pattern PHONE = Pattern.compile("(?i)(?:电话|手机|致电|拨打|联系方式|热线|传真|座机|来电|短信|微信|"
            + "(?<![a-z])(?:tel|telephone|phone|mobile|cell|call|fax|whatsapp|text me|sms|dial|reach me))" + LABEL_END);
    private static final Pattern IDENTITY = Pattern.compile("(?i)(?:身份证|身份号码|公民身份|证件|(?<![a-z])(?:id card|"
            + "identity card|citizen id|national id|id))" + LABEL_END);
    private static final Pattern CARD = Pattern.compile("(?i)(?:卡号|银行卡|信用卡|储蓄卡|借记卡|账号|帐号|(?<![a-z])(?:card|"
            + "credit card|debit card|visa|mastercard|amex|unionpay))" + LABEL_END);
    private static final Pattern UNIT = Pattern.compile("(?i)^[ \\t]?(?:元|块|万|亿|美元|人|个|条|次|吨|米|公里|字节|像素|%|‰|°|"
            + "yuan|dollars|usd|rmb|bytes?|users|people|rows|km|kg|ms|tokens?|parameters|years?)(?![a-z])");

    private Surroundings() {}

    private static String before(String text, int start) { return text.substring(Math.max(0, start - NEAR), start); }

    /** Whether the text calls it an order, a version, a serial number or the like, or counts something with it. */
    static boolean sayOther(String text, int start, int end) {
        return OTHER.matcher(before(text, start)).find()
                || UNIT.matcher(text.substring(end, Math.min(text.length(), end + NEAR))).find();
    }

    static boolean sayPhone(String text, int start) { return PHONE.matcher(before(text, start)).find(); }

    static boolean sayIdentity(String text, int start) { return IDENTITY.matcher(before(text, start)).find(); }

    static boolean sayCard(String text, int start) { return CARD.matcher(before(text, start)).find(); }

    /** The digits alone. */
    static String digits(String text) { return text.replaceAll("[^0-9]", ""); }
}
