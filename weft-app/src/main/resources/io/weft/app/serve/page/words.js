// What the page says. Each line is a key with its English and its Chinese; %s stands for what is filled in.

const WORDS = {
  title: ["Ask the fine-tuned model", "向微调后的模型提问"],
  lead: ["It runs on the machine that serves this page.", "模型就在提供此页面的机器上运行。"],
  idea1: ["Explain in two sentences what fine-tuning is.", "用两句话解释什么是微调。"],
  idea2: ["Give three tips for staying healthy.", "给出三条保持健康的建议。"],
  idea3: ["Compare a list and a map in a small table.", "用一个小表格比较列表和映射。"],
  ask: ["Write to the model", "给模型写点什么"],
  request: ["Your request", "您的请求"],
  send: ["Send", "发送"],
  stop: ["Stop", "停止"],
  keys: ["Enter sends, Shift+Enter starts a line, Esc stops", "Enter 发送，Shift+Enter 换行，Esc 停止"],
  caution: ["A language model may be wrong.", "语言模型可能出错。"],
  skip: ["To the request", "跳到输入框"],

  conversations: ["Conversations", "对话"],
  fresh: ["New conversation", "新对话"],
  untitled: ["New conversation", "新对话"],
  kept: ["Kept in this browser only.", "仅保存在此浏览器中。"],
  notKept: ["This browser keeps nothing: conversations end with the page.", "此浏览器不允许保存：关闭页面后对话即消失。"],
  full: ["This browser has no room left: export and delete older conversations.",
    "此浏览器的存储空间已满：请导出并删除较早的对话。"],
  list: ["Show conversations", "显示对话列表"],
  manage: ["Rename, export or delete “%s”", "重命名、导出或删除“%s”"],
  conversation: ["Conversation", "对话"],
  name: ["Name", "名称"],
  save: ["Save", "保存"],
  exporting: ["Export", "导出"],
  asJson: ["Everything (JSON)", "全部内容（JSON）"],
  asRows: ["Rows to train on (JSONL)", "训练数据行（JSONL）"],
  remove: ["Delete", "删除"],
  removed: ["“%s” is deleted.", "已删除“%s”。"],
  undo: ["Undo", "撤销"],
  close: ["Close", "关闭"],

  model: ["Model", "模型"],
  beside: ["Beside", "对照"],
  nothingBeside: ["no other", "无"],
  loading: ["loading…", "加载中…"],
  ready: ["ready", "就绪"],
  failed: ["not loaded", "加载失败"],
  stopping: ["stopping", "正在停止"],
  gone: ["not reachable", "无法连接"],
  locked: ["locked", "已锁定"],
  language: ["Language", "语言"],
  theme: ["Light or dark", "浅色或深色"],

  settings: ["Settings", "设置"],
  system: ["System prompt", "系统提示词"],
  systemHint: ["What the model should be told before every request; may stay empty",
    "每次请求之前告诉模型的话，可以留空"],
  greedy: ["Greedy", "贪心解码"],
  greedyNote: ["always the likeliest word: the same answer each time", "总取最可能的词：每次回答相同"],
  single: ["Each request alone", "每次请求独立"],
  singleNote: ["without what came before; for models tuned on single requests", "不带前文；适合用单条请求微调的模型"],
  temperature: ["Temperature", "温度"],
  temperatureNote: ["low: steady, high: varied", "低：稳定；高：多样"],
  length: ["Length, in tokens", "长度（词元）"],
  lengthNote: ["at most, may end sooner", "上限，可能提前结束"],
  endless: ["No limit", "不限长度"],
  endlessNote: ["as long as the model's context holds", "直到填满模型的上下文"],
  topP: ["Top-p", "Top-p"],
  topPNote: ["likeliest words that make up this share", "只在累计概率达到此值的词中选取"],
  seed: ["Seed", "随机种子"],
  seedHint: ["a new one each time", "每次不同"],
  seedNote: ["the same number repeats an answer", "相同的数字可重现回答"],
  thinking: ["Thinking first", "先思考"],
  thinkingAuto: ["as the model does", "由模型决定"],
  thinkingOn: ["yes", "是"],
  thinkingOff: ["no", "否"],
  reset: ["Back to the usual", "恢复默认"],

  you: ["You", "您"],
  edit: ["Edit and ask again", "修改后重新提问"],
  again: ["Ask again", "重新提问"],
  cancel: ["Cancel", "取消"],
  retry: ["Retry", "重试"],
  another: ["Another answer", "换一个回答"],
  goOn: ["Go on", "继续写"],
  copy: ["Copy", "复制"],
  copied: ["Copied", "已复制"],
  copyCode: ["Copy code", "复制代码"],
  earlier: ["Earlier version", "上一版本"],
  later: ["Later version", "下一版本"],
  version: ["%s of %s", "%s / %s"],
  thoughts: ["What the model thought first", "模型先想了什么"],
  thinks: ["Thinking…", "思考中…"],
  picture: ["picture", "图片"],
  toEnd: ["To the end", "到底部"],

  sent: ["Waiting for the first word…", "等待第一个词…"],
  waitingOne: ["In the queue: one question before yours", "排队中：前面还有 1 个问题"],
  waiting: ["In the queue: %s questions before yours", "排队中：前面还有 %s 个问题"],
  answering: ["The model answers.", "模型正在回答。"],
  answered: ["The answer: %s", "回答：%s"],
  tokens: ["%s tokens", "%s 词元"],
  oneToken: ["1 token", "1 词元"],
  rate: ["%s tokens/s", "%s 词元/秒"],
  seconds: ["%s s", "%s 秒"],
  figures: ["%s tokens read (%s of them known already), first word after %s s, seed %s",
    "读入 %s 词元（其中 %s 个已缓存），%s 秒后出现第一个词，随机种子 %s"],
  cut: ["length reached", "已达长度上限"],
  stopped: ["stopped", "已停止"],
  empty: ["The model ended at once, without a word.", "模型没有写任何内容就结束了。"],

  unreachable: ["The server cannot be reached. Is it still running?", "无法连接服务器。它还在运行吗？"],
  broken: ["The answer broke off: the connection ended.", "回答中断：连接已断开。"],
  reloaded: ["The page was closed while the model wrote this.", "模型书写时页面被关闭。"],
  busy: ["Too many wait already.", "排队的请求已满。"],
  later1: ["Try again in %s s.", "请在 %s 秒后重试。"],
  notNow: ["The server does not answer now.", "服务器暂时无法回答。"],
  refused: ["The server refused this request.", "服务器拒绝了此请求。"],
  wrong: ["Something went wrong in the server.", "服务器出错了。"],
  long: ["If the conversation has grown too long, start a new one or edit an earlier turn.",
    "如果对话太长，请新建对话，或修改较早的一轮。"],
  alone: ["Ask this in a new conversation", "在新对话中提问"],
  status: ["HTTP status %s", "HTTP 状态 %s"],

  keyTitle: ["This server wants a key", "此服务器需要密钥"],
  keyNote: ["Kept until this tab is closed, and sent to this server only.", "仅保留到此标签页关闭，且只发送给此服务器。"],
  key: ["API key", "API 密钥"],
  keyWrong: ["The server does not know this key.", "服务器不认识此密钥。"],
  enter: ["Enter", "进入"],
  forget: ["Forget the key", "忘记密钥"],

  judgeTitle: ["Show the model a text", "给模型一段文本"],
  judgeLead: ["It reads the text whole and says which label fits.", "模型读完整段文本，并给出合适的标签。"],
  scoreLead: ["It reads a request with an answer to it and gives a score.", "模型读取请求和回答，并给出分数。"],
  text: ["Text", "文本"],
  answer: ["Answer to it", "对它的回答"],
  judge: ["Judge", "判断"],
  score: ["Score", "分数"],
  read: ["%s tokens read", "读入 %s 词元"],
  nothing: ["Write something first.", "请先写点什么。"],
};

const KEPT = "weft.language";
const followers = [];
let language = first();

function first() {
  let kept = null;
  try { kept = localStorage.getItem(KEPT); } catch { /* a browser may forbid it; then it is chosen anew each time */ }
  return kept === "en" || kept === "zh" ? kept : navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** "en" or "zh". */
export const spoken = () => language;

/** The words of a key. */
export function say(key, ...values) {
  return WORDS[key][language === "zh" ? 1 : 0].replace(/%s/g, () => values.shift());
}

/** Writes the words of all elements that name them: data-say (text), data-hint (placeholder), data-title (a label). */
export function translate(root) {
  const each = (name, use) => root.querySelectorAll(`[data-${name}]`)
    .forEach((element) => use(element, say(element.dataset[name])));
  each("say", (element, words) => { element.textContent = words; });
  each("hint", (element, words) => { element.placeholder = words; });
  each("title", (element, words) => { element.title = words; element.setAttribute("aria-label", words); });
}

/** Changes the language of the whole page, and tells who follows. */
export function speak(chosen) {
  language = chosen;
  try { localStorage.setItem(KEPT, chosen); } catch { /* as above */ }
  show();
}

/** @param follower called after each change of the language */
export function follow(follower) { followers.push(follower); }

export function show() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  translate(document);
  followers.forEach((follower) => follower());
}
