/** An item that knows its place in the heap; -1 while it is in none. */
export interface HeapItem {
  place: number;
}

/** A binary heap whose items can be moved and taken out from anywhere, each in O(log n). */
export interface IndexedHeap<T extends HeapItem> {
  /** The first item, or undefined when there is none. */
  readonly first: T | undefined;
  add(item: T): void;
  remove(item: T): void;
  /** The item's rank has changed. */
  moved(item: T): void;
}

/** @param isBefore a strict total order */
export function createIndexedHeap<T extends HeapItem>(
  isBefore: (left: T, right: T) => boolean,
): IndexedHeap<T> {
  const items: T[] = [];
  const settle = (item: T, at: number): void => {
    let place = at;
    for (let above = (place - 1) >> 1; place > 0; above = (place - 1) >> 1) {
      if (!isBefore(item, items[above]!)) break;
      items[place] = items[above]!;
      items[place]!.place = place;
      place = above;
    }
    for (let child = 2 * place + 1; child < items.length; child = 2 * place + 1) {
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child += 1;
      if (!isBefore(items[child]!, item)) break;
      items[place] = items[child]!;
      items[place]!.place = place;
      place = child;
    }
    items[place] = item;
    item.place = place;
  };
  return {
    get first() {
      return items[0];
    },
    add(item) {
      items.push(item);
      settle(item, items.length - 1);
    },
    remove(item) {
      const last = items.pop()!;
      if (last !== item) settle(last, item.place);
      item.place = -1;
    },
    moved: (item) => settle(item, item.place),
  };
}
