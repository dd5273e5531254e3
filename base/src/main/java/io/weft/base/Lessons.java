package io.weft.base;

import java.util.List;

/**
 * Short lessons on fine-tuning and on Weft's settings. Commands appear as synopses, with capital letters in place of
 * values.
 */
final class Lessons {
    private static final List<String> ENGLISH = List.of(
            "Fine-tuning goes on with the training of a language model on examples of one task.",
            "LoRA leaves the weights frozen and learns a product of two thin matrices beside each of them.",
            "The rank is the inner width of that product: a higher rank can learn more and costs more memory.",
            "Alpha scales the update; the factor is alpha divided by the rank.",
            "The learning rate says how far each step goes. Too high and the loss jumps, too low and nothing is "
            + "learned.",
            "One epoch is one pass over the training data.",
            "A batch is the group of examples that one step sees; accumulation adds up several batches before a step.",
            "Warmup raises the learning rate slowly during the first steps.",
            "The held-out part of the data is never trained on. It tells whether the model has learned the task or "
            + "the rows.",
            "When the held-out loss rises while the training loss falls, the model learns rows by heart.",
            "Dropout sets some values to zero while training, so that no single path is relied on.",
            "A checkpoint keeps the adapter, the optimizer and the place in the data, so that a stopped run can be "
            + "resumed.",
            "The seed fixes the order of the rows and the random numbers; the same seed gives the same run.",
            "Packing puts several short examples into one row, so that no time is spent on padding.",
            "An adapter is small: it holds the low-rank matrices and needs its base model to run.",
            "Merging adds the adapter to the weights, and the result is an ordinary model folder.",
            "A server keeps the model in memory and answers requests on a port.",
            "Only the answer is learned: the tokens of the prompt do not count in the loss.",
            "Perplexity is the exponential of the loss per token.",
            "A tokenizer cuts text into pieces and gives each piece a number.",
            "Attention lets each token look at the tokens before it and take what it needs.",
            "Rows that are too long are cut, dropped or refused.",
            "A cosine schedule falls slowly at first, then faster, and slowly again at the end; a linear one falls "
            + "evenly; a constant one stays.",
            "Early stopping ends a run when several evaluations in a row bring no gain.",
            "The gradient is clipped when its norm is above one.",
            "Data comes as JSON, JSONL or CSV; each row holds an instruction, an input and an output.",
            "Greedy decoding always takes the most likely token; a temperature above zero makes room for others.",
            "A model folder holds config.json, the tokenizer and the weights as safetensors.");

    private static final List<String> CHINESE = List.of(
            "微调就是在某个任务的样例上继续训练语言模型。",
            "LoRA 冻结原来的权重，在旁边学习两个窄矩阵的乘积。",
            "秩是这个乘积的内部宽度：秩越高，能学的越多，占的内存也越多。",
            "alpha 决定更新的大小，系数等于 alpha 除以秩。",
            "学习率决定每一步走多远：太高损失会乱跳，太低什么也学不到。",
            "一轮就是把训练数据完整看一遍。",
            "批大小是每一步看的样例数；梯度累积把几批加起来再走一步。",
            "预热让学习率在最初几步慢慢升上去。",
            "留出的数据不参加训练，用来判断模型学会的是任务还是那几行数据。",
            "训练损失下降而验证损失上升，说明模型在死记数据。",
            "丢弃率是训练时随机置零的比例，让模型不依赖单独一条路径。",
            "检查点保存适配器、优化器和数据位置，中断的运行可以接着训练。",
            "随机种子固定数据顺序和随机数，同样的种子得到同样的结果。",
            "打包把几条短样例放进一行，不把时间浪费在填充上。",
            "适配器很小，只有低秩矩阵，运行时需要它的底座模型。",
            "合并就是把适配器加到权重里，得到一个普通的模型目录。",
            "服务把模型留在内存里，在一个端口上回答请求。",
            "只有回答参加学习，提示部分的词元不计入损失。",
            "困惑度是每个词元损失的指数。",
            "分词器把文本切成小块，每一块对应一个编号。",
            "注意力让每个词元查看前面的词元，取出需要的内容。",
            "太长的样例可以截断、丢弃或者拒绝。",
            "余弦调度先慢后快再慢地下降，线性调度匀速下降，常数调度保持不变。",
            "早停是指连续几次评估没有改善就结束训练。",
            "梯度的范数大于一时会被裁剪。",
            "数据可以是 JSON、JSONL 或 CSV，每行有指令、输入和输出。",
            "贪心解码总是取概率最大的词元，温度大于零时别的词元也有机会。",
            "模型目录里有 config.json、分词器和 safetensors 格式的权重。");

    private static final List<String> SETTINGS = List.of(
            "data.train: the file with the training rows. 训练数据文件。",
            "data.rows: only the first N rows are used. 只用前 N 行。",
            "data.maxLength: the most tokens that an example may have. 每条样例最多的词元数。",
            "data.pack: several examples in one row, true or false. 是否打包。",
            "data.overLength: cut, cutEnd, drop or refuse. 太长的样例怎么办。",
            "data.heldOut: the part of the rows kept for evaluation. 留出比例。",
            "tuning.lora.rank: inner width of the update. 秩。",
            "tuning.lora.alpha: scale of the update. 缩放。",
            "tuning.lora.dropout: share of values set to zero. 丢弃率。",
            "tuning.lora.targets: names of the tuned layers. 被微调的层。",
            "train.epochs: passes over the data. 轮数。",
            "train.steps: number of steps, in place of epochs. 步数。",
            "train.batch: examples in a batch. 批大小。",
            "train.accumulate: batches before a step. 梯度累积。",
            "train.learningRate: how far a step goes. 学习率。",
            "train.warmupSteps: steps until the full learning rate. 预热步数。",
            "train.schedule: linear, cosine or constant. 学习率调度。",
            "train.weightDecay: pull of the weights to zero. 权重衰减。",
            "train.saveEvery: steps between checkpoints. 保存间隔。",
            "train.evalEvery: steps between evaluations. 评估间隔。",
            "train.patience: evaluations without gain before the run stops. 早停耐心。",
            "train.seed: fixes what is random. 随机种子。",
            "./weft train --model DIR --data FILE --out RUN: starts a run. 开始训练。",
            "./weft resume RUN: goes on with a stopped run. 继续训练。",
            "./weft evaluate RUN: compares before and after. 评估前后差别。",
            "./weft chat RUN: talks to a tuned model. 与模型对话。",
            "./weft serve RUN --port N: answers over HTTP. 启动服务。",
            "./weft export RUN --merged DIR: writes a merged folder. 导出合并后的模型。",
            "./weft generate RUN --in FILE --out FILE: answers a file of prompts. 批量生成。",
            "./weft show FILE --model DIR: prints examples with the trained tokens coloured. 查看样例。",
            "./weft quickstart --model DIR --data FILE --out DIR --lang zh: the whole way in one command. 快速开始。");

    private Lessons() { }

    static String page(Draw draw) {
        return switch (draw.below(3)) {
            case 0 -> String.join(" ", draw.some(ENGLISH, draw.between(2, 5)));
            case 1 -> String.join("", draw.some(CHINESE, draw.between(2, 5)));
            default -> String.join("\n", draw.some(SETTINGS, draw.between(2, 6)));
        };
    }
}
