import { InputError } from "../../diagnostics/problem.js";
import { parseSetArgument, type ScenarioOverlay } from "../../scenario/apply-overlays.js";

/** A variant named on the command line. */
export interface VariantArgument {
  readonly name: string;
  readonly overlays: readonly ScenarioOverlay[];
}

const FORM = "name: path=value, path=value";

/**
 * Reads an argument of `--variant`: a name and a colon, then settings with commas between them. Without a name the
 * settings are the name.
 *
 * @throws InputError when there is no setting, or one of them is none
 */
export function parseVariantArgument(argument: string): VariantArgument {
  const named = /^([^={["']*?\S):\s(.*)$/s.exec(argument);
  const [name, list] = named === null ? [argument, argument] : [named[1]!, named[2]!];
  const settings = splitSettings(list).filter((setting) => setting !== "");
  const source = `--variant ${argument}`;
  if (settings.length === 0) {
    throw new InputError([
      { file: source, rule: "bad-set", message: `must have the form "${FORM}"` },
    ]);
  }
  const overlays = settings.map((setting) => ({ ...parsed(setting, source), source }));
  return { name: name.trim(), overlays };
}

function parsed(setting: string, source: string): ScenarioOverlay {
  try {
    return parseSetArgument(setting);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map((problem) => ({
        ...problem,
        file: source,
        message: `"${setting}" ${problem.message}; settings of one variant have commas between them: "${FORM}"`,
      })),
    );
  }
}

/** Parts between commas that stand in no bracket and no quotes. */
export function splitSettings(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let part = "";
  for (const character of list) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if ("[{(".includes(character)) depth += 1;
    else if ("]})".includes(character)) depth -= 1;
    if (character === "," && depth === 0 && quote === undefined) {
      parts.push(part.trim());
      part = "";
    } else part += character;
  }
  return [...parts, part.trim()];
}
