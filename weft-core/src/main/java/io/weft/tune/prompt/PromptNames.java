package io.weft.tune.prompt;

/** What the parameters of prompts are called in a model and in PEFT's files. */
public final class PromptNames {
    /** The one name in PEFT's file. */
    public static final String VECTORS = "prompt_embeddings";
    /** Before the network's own names in the model. */
    public static final String IN_MODEL = "prompt_encoder.";
    /** Before a trained head's name: prompts are fed to a model that PEFT wraps once, not twice. */
    public static final String WRAPPED = "base_model.";
    /** Before the network's own names in PEFT's state dict, with the name of the adapter. */
    private static final String IN_PEFT = "prompt_encoder.default.";

    private PromptNames() {}

    /** The name in the model of what a file calls so, or that itself. */
    public static String named(String spelling) {
        return spelling.equals(VECTORS) ? IN_MODEL + PromptNetwork.TABLE
                : spelling.startsWith(IN_PEFT) ? IN_MODEL + spelling.substring(IN_PEFT.length())
                : spelling.startsWith(WRAPPED) ? spelling.substring(WRAPPED.length()) : spelling;
    }

    /** The name in PEFT's files of what the model calls so. @param prefix before the names of other parameters */
    public static String spelt(String name, String prefix) {
        return !name.startsWith(IN_MODEL) ? prefix + name
                : name.equals(IN_MODEL + PromptNetwork.TABLE) ? VECTORS : IN_PEFT + name.substring(IN_MODEL.length());
    }
}
