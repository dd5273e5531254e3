package io.weft.tensor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a test where there is a CUDA device, and says why not where there is none. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsCuda.Condition.class)
public @interface NeedsCuda {
    final class Condition implements ExecutionCondition {
        @Override public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return Device.cudaDevices() > 0 ? ConditionEvaluationResult.enabled(Device.cudaDevices() + " CUDA devices")
                    : ConditionEvaluationResult.disabled("needs a CUDA device: " + Device.whyNoCuda());
        }
    }
}
