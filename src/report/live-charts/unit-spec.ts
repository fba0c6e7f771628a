/** A layer of a chart, or the whole of one that has no layers. */
export interface UnitSpec extends Record<string, unknown> {
  mark: Record<string, unknown> & { readonly type: string };
  encoding: Record<string, Record<string, unknown>>;
}
