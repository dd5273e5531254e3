package io.weft.app.http;

import io.weft.problem.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * A certificate with its chain and its private key, from two files in PEM (RFC 7468). The key may be in PKCS#8, PKCS#1
 * (RFC 8017) or SEC 1 (RFC 5915).
 *
 * @param chain the server's own certificate first
 */
record PemFiles(List<X509Certificate> chain, PrivateKey key) {
    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    /** @throws UserError when one of them cannot be read, or they do not belong together */
    static PemFiles read(Path certificates, Path key) {
        List<X509Certificate> chain = chain(certificates);
        PublicKey shown = chain.get(0).getPublicKey();
        PrivateKey secret = key(key, shown);
        if (!belongs(secret, shown)) {
            throw UserError.of(say("the key in %s does not belong to the first certificate in %s; the server's own "
                    + "certificate must stand first, those of its issuers behind it", key, certificates));
        }
        return new PemFiles(chain, secret);
    }

    private static List<X509Certificate> chain(Path file) {
        List<X509Certificate> chain = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text(file));
        while (blocks.find()) {
            if (blocks.group(1).equals("CERTIFICATE")) {
                try {
                    chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(bytes(blocks.group(2)))));
                } catch (CertificateException | IllegalArgumentException e) {
                    throw UserError.of(say("certificate %d in %s is damaged", chain.size() + 1, file), e);
                }
            }
        }
        if (chain.isEmpty()) {
            throw UserError.of(say("%s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", file));
        }
        return chain;
    }

    private static PrivateKey key(Path file, PublicKey shown) {
        Matcher blocks = BLOCK.matcher(text(file));
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.equals("ENCRYPTED PRIVATE KEY") || blocks.group(2).contains("ENCRYPTED")) {
                throw UserError.of(say("the key in %s is encrypted; decrypt it with 'openssl pkey -in FILE -out "
                        + "PLAIN' and protect the file by its permissions", file));
            }
            if (kind.endsWith("PRIVATE KEY")) {
                try {
                    byte[] der = bytes(blocks.group(2));
                    return KeyFactory.getInstance(shown.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(
                            kind.equals("PRIVATE KEY") ? der : wrapped(der, shown)));
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    throw UserError.of(say("the key in %s cannot be read as the %s key that the certificate asks for",
                            file, shown.getAlgorithm()), e);
                }
            }
        }
        throw UserError.of(say("%s holds no private key in PEM (-----BEGIN PRIVATE KEY-----)", file));
    }

    /**
     * The older forms as PKCS#8 (RFC 5208): version 0, the algorithm, the key as it is. The algorithm with its curve
     * stands in the certificate's key, the first part of its SubjectPublicKeyInfo.
     */
    private static byte[] wrapped(byte[] key, PublicKey shown) {
        byte[] info = shown.getEncoded();
        int at = head(info, 0);
        int end = head(info, at) + length(info, at);
        byte[] algorithm = Arrays.copyOfRange(info, at, end);
        return der(0x30, der(0x02, new byte[1]), algorithm, der(0x04, key));
    }

    /** Where the content of the DER value at a place begins. */
    private static int head(byte[] der, int at) { return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0); }

    private static int length(byte[] der, int at) {
        int length = der[at + 1];
        if (length < 0) {
            length = 0;
            for (int i = at + 2; i < head(der, at); i++) {
                length = length << 8 | der[i] & 0xff;
            }
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream(), value = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        value.write(tag);
        int size = content.size();
        if (size < 128) {
            value.write(size);
        } else {
            value.write(0x82);
            value.write(size >> 8);
            value.write(size);
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }

    private static boolean belongs(PrivateKey key, PublicKey shown) {
        try {
            Signature signature = Signature.getInstance(switch (shown.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> shown.getAlgorithm();
            });
            byte[] anything = "weft".getBytes(StandardCharsets.US_ASCII);
            signature.initSign(key);
            signature.update(anything);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(anything);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] bytes(String base64) { return Base64.getMimeDecoder().decode(base64); }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw UserError.of(say("%s is larger than %,d bytes; expected a file in PEM", file, MOST_BYTES));
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read (%s)", file,
                    e.getClass().getSimpleName().replace("Exception", "")), e);
        }
    }
}
