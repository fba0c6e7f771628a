/** Verbs that come before the subject in a question of yes or no. */
const FIRST_VERBS =
  "do|does|did|is|are|was|were|can|could|will|would|has|have|had|should|shall|may|might";
/** An aside at the end that begins so asks for more than yes or no, and leaves the first part what it is. */
const OPEN_WORDS = "what|which|who|whom|whose|when|where|why|how";

const STARTS_WITH_VERB = new RegExp(`^(?:and |but |so |then )?(?:${FIRST_VERBS})\\b`);
const SECOND_QUESTION = new RegExp(`\\b(?:and|but)(?: then| also)? (?:${FIRST_VERBS})\\b`);
const OPEN_SECOND_QUESTION = new RegExp(
  `\\s(?:and|but) (?:(?:at|by|in|on|for|with|to|from) )?(?:${OPEN_WORDS})\\b.*$`,
);
/** What may stand before the question, up to a comma. */
const LEADING_CLAUSE =
  /^(?:with|without|if|when|while|once|after|before|during|for|in|on|at|given|as|under|because|since|although|though|unless|until|by|from|where|assuming|suppose|supposing|next|today|tomorrow|even|now)\b/;
const LEAD_THAT_ASKS = new RegExp(
  `^(?:when|where) (?:${FIRST_VERBS})\\b|\\b(?:what|which|who|whom|whose|why|how)\\b`,
);
/** From here on the question says under which circumstances, not what is asked. */
const CIRCUMSTANCES =
  /\s(?:while|when|if|although|though|unless|until|once|after|before|during|without|because|since|despite|even)\b.*$/;

/** Bounds, which compare with no other configuration. */
const BOUNDS =
  /\b(?:at (?:least|most)|(?:no|not) (?:more|longer|later|fewer|less) than|(?:less|fewer|faster|sooner|earlier) than [\d.,]+)/g;
/** A "yes" to these would say something else than that the goals are met: choices, comparisons, and what went wrong. */
const OTHER_SENSE = new RegExp(
  [
    "n't\\b|\\b(?:not|no|never|none|nobody|nothing|neither|nor|any|anybody|anyone|anything|only|too)\\b",
    "\\b(?:or|than|versus|vs|instead|rather|between|compared?|better|worse|cheaper|dearer|faster|slower|longer|shorter)\\b",
    "\\b(?:sooner|later|earlier|larger|smaller|higher|lower|bigger|fewer|less|more|most|least|best|cheapest|fastest)\\b",
    "\\b(?:another|additional|extra|further|worth|same|change|changes|differ|differs|matter|matters|affect|affects)\\b",
    "\\b(?:help|helps|improve|improves|reduce|reduces|increase|increases|save|saves|gain|gains|benefit|benefits)\\b",
    "\\b(?:need|needs|needed|must|have to|has to|fail|fails|failed|break|breaks|broken|lose|loses|lost|miss|misses)\\b",
    "\\b(?:missed|exceed|exceeds|suffer|suffers|starve|starves|starved|drop|drops|dropped|overload|overloads|overloaded)\\b",
    "\\b(?:violate|violates|violated|waste|wastes|wasted|wait|waits|waiting|hurt|hurts|harm|harms|stop|stops|crash|crashes)\\b",
    "\\b(?:delay|delays|delayed|late|down|idle|problems?|risks?|risky|bottlenecks?|impossible|full|slow|wrong)\\b",
    "^(?:can|could|will|would|do|does) (?:you|we|i|one|anyone|headroom) (?:tell|say|know|see|show|explain|guess)\\b",
  ].join("|"),
);

/**
 * Whether "yes" is an answer to a question, and says that the goals are met.
 *
 * Careful on purpose: an answer without yes or no is never wrong. It is a question in English that begins with its
 * verb, at once or after a leading clause ("With 8 nodes, does …?"), asks for one thing, compares nothing and
 * is not about what goes wrong ("Do jobs wait?" is answered "no" by goals that are met). A second part with a
 * question word ("and what happens at +25 %?") leaves the first part what it is.
 *
 * @param question as the scenario has it; null without one
 * @param options.hasAlternatives whether other configurations were run: then "Should we …?" asks for a choice
 *   between them, which no goal of one of them makes
 */
export function asksWhether(
  question: string | null,
  options: { readonly hasAlternatives: boolean },
): boolean {
  const text = (question ?? "").toLowerCase().replace(/’/g, "'").replace(/\s+/g, " ").trim();
  if (!text.endsWith("?") || text.indexOf("?") !== text.length - 1) return false;
  const sentence = text
    .slice(0, -1)
    .split(/[.!;:] /)
    .at(-1)!;
  const asked = askedPart(sentence);
  if (asked === undefined || OTHER_SENSE.test(asked)) return false;
  return !(options.hasAlternatives && asked.startsWith("should "));
}

/** The question without leading clause, circumstances and open second part; undefined when it is none of yes or no. */
function askedPart(sentence: string): string | undefined {
  const clauses = sentence.split(/,? [–—] |, /);
  const place = clauses.findIndex((clause) => STARTS_WITH_VERB.test(clause));
  if (place === -1) return undefined;
  const lead = clauses.slice(0, place).join(", ");
  if (lead !== "" && (!LEADING_CLAUSE.test(lead) || LEAD_THAT_ASKS.test(lead))) return undefined;
  const [first, ...rest] = clauses.slice(place);
  // A list goes on in the next clause ("does A, B or C …"), a second question may stand there.
  const later = rest.map((clause) => ` ${clause}`);
  if (rest.some((clause) => STARTS_WITH_VERB.test(clause) || clause.startsWith("or ")))
    return undefined;
  const whole = [first!, ...later].join("").replace(OPEN_SECOND_QUESTION, "");
  const main = whole.replace(CIRCUMSTANCES, "").replace(BOUNDS, "");
  return SECOND_QUESTION.test(main) ? undefined : main.replace(/^(?:and|but|so|then) /, "");
}
