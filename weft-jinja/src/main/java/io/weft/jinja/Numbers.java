package io.weft.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * Python's arithmetic: integers are long and grow to BigInteger where they would overflow, floats are double, booleans
 * count as 0 and 1.
 */
final class Numbers {
    /** Bits of the largest integer. Python prints integers of up to 4,300 digits, which is a little more. */
    private static final int LARGEST_BITS = 14_000;

    private Numbers() {}

    static boolean isNumber(Object value) { return value instanceof Number || value instanceof Boolean; }

    static boolean isInteger(Object value) { return value instanceof Long || value instanceof BigInteger; }

    static boolean isNaN(Object value) { return value instanceof Double number && number.isNaN(); }

    static double toDouble(Object value) {
        if (!isNumber(Undefined.refuse(value))) {
            throw TemplateException.because("expected a number, found %s", Values.typeName(value));
        }
        return value instanceof Boolean b ? (b ? 1 : 0) : ((Number) value).doubleValue();
    }

    /** @throws TemplateException unless the value is an integer that fits a long */
    static long toLong(Object value) {
        if (value instanceof Long number) {
            return number;
        } else if (value instanceof Boolean b) {
            return b ? 1 : 0;
        }
        Undefined.refuse(value);
        throw TemplateException.because("expected an integer, found %s", value instanceof BigInteger
                ? "a very large one" : Values.typeName(value));
    }

    static BigInteger toBig(Object value) {
        return value instanceof BigInteger big ? big : BigInteger.valueOf(toLong(value));
    }

    /** The integer as long when it fits. @throws TemplateException when it is larger than any that may be made */
    static Object shrink(BigInteger value) {
        if (value.bitLength() > LARGEST_BITS) {
            throw TemplateException.because("an integer grew beyond %d bits", LARGEST_BITS);
        }
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    static int compare(Object a, Object b) {
        boolean fractions = a instanceof Double || b instanceof Double;
        if (!fractions) {
            return a instanceof BigInteger || b instanceof BigInteger ? toBig(a).compareTo(toBig(b))
                    : Long.compare(toLong(a), toLong(b));
        }
        double x = toDouble(a), y = toDouble(b);
        if (x != y || Double.isInfinite(x) || Double.isNaN(x)) {
            return x == y ? 0 : Double.compare(x, y);
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Object value) {
        return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(toBig(value));
    }

    /** @param operator one of + - * / // % ** */
    static Object calculate(String operator, Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            return fractions(operator, toDouble(a), toDouble(b));
        }
        if (a instanceof BigInteger || b instanceof BigInteger) {
            return bigIntegers(operator, toBig(a), toBig(b));
        }
        long x = toLong(a), y = toLong(b);
        try {
            return switch (operator) {
                case "+" -> Math.addExact(x, y);
                case "-" -> Math.subtractExact(x, y);
                case "*" -> Math.multiplyExact(x, y);
                case "%" -> Math.floorMod(x, notZero(y));
                default -> bigIntegers(operator, BigInteger.valueOf(x), BigInteger.valueOf(y));
            };
        } catch (ArithmeticException overflow) {
            return bigIntegers(operator, BigInteger.valueOf(x), BigInteger.valueOf(y));
        }
    }

    static Object negate(Object value) {
        if (!isNumber(Undefined.refuse(value))) {
            throw TemplateException.because("bad operand type for unary -: '%s'", Values.typeName(value));
        }
        return value instanceof Double number ? (Object) (-number) : calculate("-", 0L, value);
    }

    static Object absolute(Object value) {
        return toDouble(value) < 0 ? negate(value) : value instanceof Boolean ? toLong(value) : value;
    }

    private static long notZero(long divisor) {
        if (divisor == 0) {
            throw divisionByZero();
        }
        return divisor;
    }

    private static TemplateException divisionByZero() { return TemplateException.because("division by zero"); }

    private static Object bigIntegers(String operator, BigInteger x, BigInteger y) {
        if (y.signum() == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw divisionByZero();
        }
        return switch (operator) {
            case "+" -> shrink(x.add(y));
            case "-" -> shrink(x.subtract(y));
            case "*" -> shrink(x.multiply(y));
            case "/" -> quotient(x, y);
            case "//" -> shrink(floorDivide(x, y)[0]);
            case "%" -> shrink(floorDivide(x, y)[1]);
            default -> y.signum() < 0 ? fractions("**", x.doubleValue(), y.doubleValue()) : shrink(power(x, y));
        };
    }

    private static double quotient(BigInteger x, BigInteger y) {
        boolean exact = x.bitLength() < 54 && y.bitLength() < 54;
        return exact ? x.doubleValue() / y.doubleValue()
                : new BigDecimal(x).divide(new BigDecimal(y), new MathContext(60)).doubleValue();
    }

    private static BigInteger[] floorDivide(BigInteger x, BigInteger y) {
        var parts = x.divideAndRemainder(y);
        if (parts[1].signum() != 0 && parts[1].signum() != y.signum()) {
            parts[0] = parts[0].subtract(BigInteger.ONE);
            parts[1] = parts[1].add(y);
        }
        return parts;
    }

    private static BigInteger power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() == 0) {
            return BigInteger.ONE;
        }
        if (base.abs().bitLength() <= 1) {       // 0, 1 and -1 have powers of any height
            return exponent.testBit(0) ? base : base.abs();
        }
        if (exponent.bitLength() > 31 || (long) (base.abs().bitLength() - 1) * exponent.intValue() > LARGEST_BITS) {
            throw TemplateException.because("an integer grew beyond %d bits", LARGEST_BITS);
        }
        return base.pow(exponent.intValue());
    }

    private static double fractions(String operator, double x, double y) {
        if (y == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%")) || operator.equals("**")
                && x == 0 && y < 0) {
            throw divisionByZero();
        }
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / y;
            case "//" -> floorDivide(x, y);
            case "%" -> floorModulo(x, y);
            default -> power(x, y);
        };
    }

    private static double floorModulo(double x, double y) {
        double remainder = x % y;
        return remainder == 0 ? Math.copySign(0, y) : remainder < 0 != y < 0 ? remainder + y : remainder;
    }

    private static double floorDivide(double x, double y) {
        double quotient = (x - floorModulo(x, y)) / y;
        if (quotient == 0) {
            return Math.copySign(0, x / y);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double x, double y) {
        double result = x == 1 || x == -1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
        if (Double.isNaN(result) && !Double.isNaN(x) && !Double.isNaN(y) || Double.isInfinite(result)
                && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw TemplateException.because("the power of %s and %s is not a number that can be held", x, y);
        }
        return result;
    }
}
