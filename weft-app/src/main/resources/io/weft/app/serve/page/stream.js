// Server-sent events, as the HTML standard has them read.

/**
 * Reads a body to its end.
 * @param take called with the data of each event  @param note called with the words of each comment line
 */
export async function readEvents(body, take, note) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const lines = new EventLines(take, note);
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    lines.push(piece.value);
  }
}

/** Lines may be cut anywhere between pieces, between \r and \n too. */
export class EventLines {
  constructor(take, note) {
    this.take = take;
    this.note = note;
    this.rest = "";
    this.data = [];
  }

  push(piece) {
    const text = this.rest + piece, lines = text.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    lines.forEach((line) => this.line(line));
  }

  line(line) {
    if (line === "") {
      const data = this.data.join("\n");
      this.data = [];
      if (data) {
        this.take(data);
      }
    } else if (line.startsWith(":")) {
      this.note(line.slice(1).trim());
    } else if (line === "data" || line.startsWith("data:")) {
      this.data.push(line.slice(5).replace(/^ /, ""));
    }
  }
}
