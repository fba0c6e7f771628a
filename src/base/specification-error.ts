/**
 * What was asked for cannot be run as it is: parts that are right by themselves do not go together, such
 * as a queue policy and a placement. The message says which and what would do; a person can mend it.
 */
export class SpecificationError extends RangeError {
  readonly code = "SPECIFICATION";

  constructor(message: string) {
    super(message);
    this.name = "SpecificationError";
  }
}
