// Who is in a sum: each seat once, and no more than the sum has room for. Held to by every summer.
import { SchemeError } from './scheme.ts';

/** Throws SchemeError `sum-full` or `duplicate-seat` unless this seat may be added. */
export function admitSeat(
  added: { readonly size: number; has(seat: number): boolean },
  seat: number,
  maxContributors: number,
): void {
  if (added.size === maxContributors) {
    throw new SchemeError('sum-full', `the sum already has ${maxContributors} updates`);
  }
  if (added.has(seat)) {
    throw new SchemeError('duplicate-seat', `the update of seat ${seat} is in the sum already`);
  }
}
