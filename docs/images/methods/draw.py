#!/usr/bin/env python3
"""Draws where each tuning method sits in a decoder block, one SVG a method: draw.py [FOLDER]. Grey is frozen, orange is trained."""
import os, sys

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
FROZEN, TRAINED, INK, LINE = "#e5e7eb", "#fb923c", "#111827", "#6b7280"


class Picture:
    def __init__(self, width=560, height=250):
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
                      '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#6b7280"/></marker></defs>',
                      f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>']

    def box(self, x, y, w, h, text, trained=False, dashed=False):
        style = f'stroke="{LINE}"' + (' stroke-dasharray="4 3"' if dashed else "")
        self.parts.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4" fill="{TRAINED if trained else FROZEN}" {style}/>')
        self.text(x + w / 2, y + h / 2 + 4, text)

    def text(self, x, y, text, anchor="middle", size=12):
        self.parts.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{INK}" font-size="{size}">{text}</text>')

    def line(self, *points, arrow=True):
        path = " ".join(f"{x},{y}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{LINE}"' + (' marker-end="url(#a)"' if arrow else "") + "/>")

    def sum(self, x, y, sign="+"):
        self.parts.append(f'<circle cx="{x}" cy="{y}" r="9" fill="#ffffff" stroke="{LINE}"/>')
        self.text(x, y + 4, sign)

    def save(self, name):
        with open(os.path.join(FOLDER, name + ".svg"), "w") as file:
            file.write("\n".join(self.parts) + "\n</svg>\n")


def block(p, trained=(), blocks="× N", added=True):
    """The usual pre-norm block, left to right: attention above the residual stream, then the feed-forward part."""
    has = lambda part: part in trained
    p.line((10, 200), (550, 200))
    p.box(14, 186, 56, 28, "embed", has("embed"))
    p.box(494, 186, 44, 28, "head", has("head"))
    p.text(282, 238, f"hidden states, through the block {blocks}", size=11)
    p.line((90, 200), (90, 150), (102, 150))
    p.box(104, 136, 40, 28, "norm", has("norm"))
    p.line((144, 150), (156, 150))
    for i, name in enumerate("qkv"):
        p.box(158, 108 + 30 * i, 30, 26, name, has(name))
    p.line((188, 150), (198, 150))
    p.box(200, 124, 48, 52, "attend")
    p.line((248, 150), (256, 150))
    p.box(258, 136, 26, 28, "o", has("o"))
    if added:
        p.line((284, 150), (300, 150), (300, 190))
    p.sum(300, 200)
    p.line((316, 200), (316, 150), (328, 150))
    p.box(330, 136, 40, 28, "norm", has("norm"))
    p.line((370, 150), (380, 150))
    p.box(382, 136, 40, 28, "up", has("up"))
    p.line((422, 150), (432, 150))
    p.box(434, 136, 42, 28, "down", has("down"))
    if added:
        p.line((476, 150), (484, 150), (484, 190))
    p.sum(484, 200)


ALL = ("q", "k", "v", "o", "up", "down")


def low_rank(name, inner, note):
    p = Picture()
    block(p)
    p.text(282, 20, note)
    p.line((120, 94), (120, 60), (146, 60))
    p.box(148, 46, 44, 28, inner[0], True)
    p.line((192, 60), (206, 60))
    p.box(208, 46, 44, 28, inner[1], True)
    p.line((252, 60), (290, 60))
    p.sum(300, 60)
    p.box(148, 80, 104, 22, inner[2])
    p.line((120, 91), (146, 91))
    p.line((252, 91), (300, 91), (300, 71))
    p.text(112, 70, "x", "end")
    if len(inner) > 3:
        p.line((310, 60), (328, 60))
        p.box(330, 46, 60, 28, inner[3], True)
        p.line((390, 60), (420, 60))
        p.text(426, 64, "y", "start")
    else:
        p.line((310, 60), (340, 60))
        p.text(346, 64, "y", "start")
    p.save(name)


p = Picture(); block(p, ALL + ("embed", "head", "norm")); p.text(282, 20, "full: every weight"); p.save("full")
p = Picture(); block(p, ALL + ("norm",), "N - 1 and N"); p.text(282, 20, "freeze: the last blocks; those before are not even walked backward"); p.save("freeze")
low_rank("lora", ("A", "B", "W of each linear"), "LoRA: W x + (alpha / r) B A x")
low_rank("dora", ("A", "B", "W of each linear", "m / ‖·‖"), "DoRA: a length m for each output, a direction W + B A")
low_rank("pissa", ("A", "B", "W without its top r"), "PiSSA: A and B begin as the r largest singular parts of W")
low_rank("qlora", ("A", "B", "W in 4 bits (NF4)"), "QLoRA: LoRA beside weights kept in 4 bits")
p = Picture(); block(p); p.text(282, 20, "IA3: a factor for each number that a linear says (or sees)")
for x, y in ((176, 96), (270, 124), (402, 124), (456, 124)):
    p.box(x - 14, y - 24, 28, 20, "⊙ l", True)
p.save("ia3")
p = Picture(); block(p); p.text(282, 20, "prefix: keys and values before those of the tokens, in every block")
p.box(186, 62, 34, 24, "K", True); p.box(226, 62, 34, 24, "V", True); p.line((203, 86), (214, 122)); p.line((243, 86), (234, 122))
p.box(320, 62, 120, 24, "projection (optional)", True, True); p.line((320, 74), (262, 74)); p.save("prefix")
p = Picture(); block(p); p.text(282, 20, "soft prompt: vectors in front of the embedded tokens")
for i in range(3):
    p.box(16 + 18 * i, 100, 14, 40, "", True)
p.line((42, 140), (42, 184)); p.text(80, 122, "p1 … pn", "start"); p.save("softPrompt")
p = Picture(); block(p); p.text(282, 20, "P-tuning: the vectors come out of a small network, which is trained with them")
for i in range(3):
    p.box(16 + 18 * i, 56, 14, 26, "", True)
p.line((42, 82), (42, 96)); p.box(14, 98, 84, 26, "MLP or LSTM", True); p.line((42, 124), (42, 184)); p.save("pTuning")
p = Picture(); block(p, added=False); p.text(282, 20, "bottleneck: y + up(f(down(y))) behind each sublayer, before it is added")
for x, y in ((284, 300), (476, 484)):
    p.line((x, 150), (y - 10 if x == 284 else y - 2, 150), (y - 10 if x == 284 else y - 2, 112))
    p.box(y - 46, 84, 92, 26, "down · f · up", True)
    p.line((y + 8, 110), (y + 8, 176), (y + 3, 190))
p.save("bottleneck")
