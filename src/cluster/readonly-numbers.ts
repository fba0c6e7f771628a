/** Numbers that may be read and not written: typed arrays inside, this outside. */
export interface ReadonlyNumbers {
  readonly length: number;
  readonly [index: number]: number;
}
