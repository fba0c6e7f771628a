/** A piece of a JSON document with the place where it begins. Lines and columns count from 1. */
export interface JsonPiece {
  readonly text: string;
  readonly line: number;
  readonly col: number;
}

/** One element of a list, counted from 0. */
export interface JsonItem extends JsonPiece {
  readonly index: number;
  /** Name of the list in the document; "" when the document is the list. */
  readonly list: string;
}

/** What is wrong with the document as a whole. */
export interface JsonDefect {
  readonly message: string;
  readonly line: number;
  readonly col: number;
}

/** Settings and outlets of a scanner. */
export interface JsonItemOptions {
  /** Lists of the outermost object whose elements are handed over one by one. */
  readonly lists: readonly string[];
  readonly onItem: (item: JsonItem) => void;
  /** Every other field of the outermost object, when it is complete. */
  readonly onField: (name: string, value: JsonPiece) => void;
  /** The document is broken; nothing more is handed over. */
  readonly onDefect: (defect: JsonDefect) => never;
}

/** Cuts a JSON document that arrives in pieces of any size into the elements of its lists. */
export interface JsonItemScanner {
  push(text: string): void;
  end(): void;
}

/** Longest element or field, in UTF-16 code units. */
const PIECE_LENGTH_MAX = 64 * 1024 * 1024;

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Where the scanner stands between two pieces. */
type Level =
  /** Before the outermost value. */
  | "start"
  /** In the outermost object, between two fields or in a name. */
  | "name"
  /** In the outermost object, in a value. */
  | "value"
  /** In a list whose elements are handed over. */
  | "items"
  /** After the outermost value. */
  | "done";

/**
 * Creates a scanner for a list `[…]`, or an object `{…}` that holds lists.
 *
 * It only counts brackets outside strings; each piece is a value of its own that the caller parses, so
 * that a log of a gigabyte needs the memory of its largest job.
 */
export function createJsonItemScanner(options: JsonItemOptions): JsonItemScanner {
  return new ItemScanner(options);
}

class ItemScanner implements JsonItemScanner {
  readonly #options: JsonItemOptions;
  #level: Level = "start";
  #rootIsList = false;
  #name = "";
  #list = "";
  #itemIndex = 0;
  /** Open brackets inside the present piece. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #col = 0;
  /** Where the present piece began; its text of earlier pushes; where in this push it goes on. */
  #begun: { readonly line: number; readonly col: number } | undefined;
  #held = "";
  #from = 0;

  constructor(options: JsonItemOptions) {
    this.#options = options;
  }

  push(text: string): void {
    this.#from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) {
        this.#line += 1;
        this.#col = 0;
        continue;
      }
      this.#col += 1;
      if (this.#inString) this.#stringCharacter(code);
      else if (code !== SPACE && code !== TAB && code !== CARRIAGE_RETURN) {
        this.#character(code, text, at);
      }
    }
    if (this.#begun === undefined) return;
    this.#held += text.slice(this.#from);
    if (this.#held.length > PIECE_LENGTH_MAX) {
      this.#fail(`one element is longer than ${PIECE_LENGTH_MAX} characters`);
    }
  }

  end(): void {
    if (this.#level !== "done") this.#fail("the JSON document ends too early; the file may be cut");
  }

  #stringCharacter(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  #character(code: number, text: string, at: number): void {
    if (this.#depth === 0 && this.#separates(code, text, at)) return;
    if (this.#level === "done") this.#fail("text stands after the end of the JSON document");
    if (this.#begun === undefined) {
      this.#begun = { line: this.#line, col: this.#col };
      this.#from = at;
      this.#held = "";
    }
    if (code === QUOTE) this.#inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#depth -= 1;
  }

  /** Acts on a character that stands between two pieces; false when it belongs to a piece. */
  #separates(code: number, text: string, at: number): boolean {
    switch (this.#level) {
      case "start":
        return this.#open(code);
      case "name":
        return this.#afterName(code, text, at);
      case "value":
        return this.#afterValue(code, text, at);
      case "items":
        return this.#afterItem(code, text, at);
      case "done":
        return false;
    }
  }

  #open(code: number): boolean {
    if (code !== OPEN_BRACKET && code !== OPEN_BRACE) {
      this.#fail("a JSON list or object must begin here");
    }
    this.#rootIsList = code === OPEN_BRACKET;
    this.#level = this.#rootIsList ? "items" : "name";
    return true;
  }

  #afterName(code: number, text: string, at: number): boolean {
    if (code === COLON) {
      const piece = this.#take(text, at);
      const name: unknown = piece === undefined ? undefined : parseOrUndefined(piece.text);
      if (typeof name !== "string") return this.#fail("the name of a field is missing here");
      this.#name = name;
      this.#level = "value";
      return true;
    }
    if (code !== COMMA && code !== CLOSE_BRACE) return false;
    if (this.#begun !== undefined) this.#fail('":" is missing here');
    if (code === CLOSE_BRACE) this.#level = "done";
    return true;
  }

  #afterValue(code: number, text: string, at: number): boolean {
    if (
      code === OPEN_BRACKET &&
      this.#begun === undefined &&
      this.#options.lists.includes(this.#name)
    ) {
      this.#level = "items";
      this.#list = this.#name;
      this.#itemIndex = 0;
      return true;
    }
    if (code !== COMMA && code !== CLOSE_BRACE) return false;
    const piece = this.#take(text, at) ?? this.#fail("a value is missing here");
    this.#options.onField(this.#name, piece);
    this.#level = code === COMMA ? "name" : "done";
    return true;
  }

  #afterItem(code: number, text: string, at: number): boolean {
    if (code !== COMMA && code !== CLOSE_BRACKET) return false;
    const piece = this.#take(text, at);
    if (piece !== undefined) {
      const index = this.#itemIndex;
      const { line, col } = piece;
      this.#options.onItem({ text: piece.text, line, col, index, list: this.#list });
      this.#itemIndex += 1;
    } else if (code === COMMA || this.#itemIndex > 0) this.#fail("an element is missing here");
    if (code === CLOSE_BRACKET) this.#level = this.#rootIsList ? "done" : "name";
    return true;
  }

  #take(text: string, to: number): JsonPiece | undefined {
    if (this.#begun === undefined) return undefined;
    const { line, col } = this.#begun;
    const piece = { text: (this.#held + text.slice(this.#from, to)).trimEnd(), line, col };
    this.#begun = undefined;
    this.#held = "";
    return piece;
  }

  #fail(message: string): never {
    return this.#options.onDefect({ message, line: this.#line, col: Math.max(1, this.#col) });
  }
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
