package io.weft.app.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/** A certificate of localhost that signs itself (RFC 5280), as files in PEM. */
public record SelfSigned(KeyPair pair, byte[] certificate) {
    private static final byte[] RSA = {0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 0x0b,
            5, 0}, ECDSA = {0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2},
            COMMON_NAME = {0x06, 3, 0x55, 4, 3}, ALTERNATIVE_NAME = {0x06, 3, 0x55, 0x1d, 0x11};

    /** @param algorithm RSA or EC */
    public static SelfSigned make(String algorithm) throws GeneralSecurityException {
        boolean rsa = algorithm.equals("RSA");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(rsa ? 2048 : 256);
        KeyPair pair = generator.generateKeyPair();
        byte[] signing = der(0x30, rsa ? RSA : ECDSA), name = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c,
                "localhost".getBytes(StandardCharsets.US_ASCII)))));
        byte[] names = der(0x30, der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)), der(0x87, new byte[] {127,
                0, 0, 1}));
        byte[] told = der(0x30, der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, BigInteger.valueOf(System.nanoTime()).toByteArray()), signing, name,
                der(0x30, der(0x17, "250101000000Z".getBytes(StandardCharsets.US_ASCII)),
                der(0x17, "491231000000Z".getBytes(StandardCharsets.US_ASCII))), name, pair.getPublic().getEncoded(),
                der(0xa3, der(0x30, der(0x30, ALTERNATIVE_NAME, der(0x04, names)))));
        Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(told);
        return new SelfSigned(pair, der(0x30, told, signing, der(0x03, new byte[1], signature.sign())));
    }

    public Path certificate(Path file) throws IOException { return pem(file, "CERTIFICATE", certificate); }

    public Path key(Path file) throws IOException { return pem(file, "PRIVATE KEY", pair.getPrivate().getEncoded()); }

    /** The key in PKCS#1 or SEC 1, which is what PKCS#8 wraps: the octets behind its version and algorithm. */
    Path olderKey(Path file) throws IOException {
        byte[] whole = pair.getPrivate().getEncoded();
        int at = content(whole, 0);
        at = next(whole, next(whole, at));
        return pem(file, pair.getPrivate().getAlgorithm() + " PRIVATE KEY",
                Arrays.copyOfRange(whole, content(whole, at), next(whole, at)));
    }

    static Path pem(Path file, String kind, byte[] der) throws IOException {
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n");
    }

    private static int content(byte[] der, int at) { return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0); }

    private static int next(byte[] der, int at) {
        int length = der[at + 1] < 0 ? new BigInteger(1, Arrays.copyOfRange(der, at + 2, content(der, at))).intValue()
                : der[at + 1];
        return content(der, at) + length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream(), value = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        value.write(tag);
        if (content.size() < 128) {
            value.write(content.size());
        } else {
            value.writeBytes(new byte[] {(byte) 0x82, (byte) (content.size() >> 8), (byte) content.size()});
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }
}
