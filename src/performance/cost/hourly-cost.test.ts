import { describe, expect, test } from "vitest";

import { amortisedPerHour, billOf, YEAR_S } from "./hourly-cost.js";

describe("cost", () => {
  test("a purchase over four years", () => {
    expect(amortisedPerHour({ purchase: 350_400, lifetimeS: 4 * YEAR_S })).toBe(10);
    expect(() => amortisedPerHour({ purchase: -1, lifetimeS: 1 })).toThrow(/purchase/);
    expect(() => amortisedPerHour({ purchase: 1, lifetimeS: 0 })).toThrow(/lifetime/);
  });

  test("a bill is the sum of its items, and says how each was computed", () => {
    const bill = billOf({
      groups: [
        { name: "h100", nodeHours: 8 * 168, perNodeHour: 98.32 },
        { name: "t4", nodeHours: 168, perNodeHour: 0.526 },
      ],
      electricity: { kilowattHours: 1000, perKilowattHour: 0.25 },
      currency: "USD",
    });
    expect(bill.total).toBeCloseTo(1344 * 98.32 + 168 * 0.526 + 250, 9);
    expect(bill.items.map((item) => item.basis)).toEqual([
      "1344 node-hours × 98.32 USD",
      "168 node-hours × 0.526 USD",
      "1000 kWh × 0.25 USD",
    ]);
  });

  test("nothing costs nothing", () => {
    expect(billOf({ groups: [], currency: "EUR" })).toEqual({ total: 0, items: [] });
  });
});
