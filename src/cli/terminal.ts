import pico from "picocolors";

import { visibleText } from "../diagnostics/visible-text.js";

type Colours = ReturnType<typeof pico.createColors>;

/** Colours for one stream: off when it is not a terminal, under NO_COLOR or TERM=dumb. Decided per stream. */
export function colours(stream: NodeJS.WriteStream): Colours {
  const { NO_COLOR, TERM } = process.env;
  return pico.createColors(stream.isTTY === true && !NO_COLOR && TERM !== "dumb");
}

/** One line on stderr that is rewritten while work goes on; nothing at all when stderr is not a terminal. */
export interface ProgressLine {
  /** Shows the text in place of the last one. */
  show(text: string): void;
  /** Clears the line, so that what follows begins at its start. */
  clear(): void;
}

/** A progress line for a terminal; silent under `quiet` and when stderr is piped. */
export function createProgressLine(options: { readonly quiet?: boolean } = {}): ProgressLine {
  const stream = process.stderr;
  if (options.quiet === true || stream.isTTY !== true || process.env["TERM"] === "dumb") {
    return { show: () => undefined, clear: () => undefined };
  }
  return {
    show(text) {
      const line = visibleText(text).slice(0, Math.max(10, (stream.columns ?? 80) - 1));
      stream.write(`\r\u001B[2K${line}`);
    },
    clear() {
      stream.write("\r\u001B[2K");
    },
  };
}
