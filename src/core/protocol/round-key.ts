// A run's place in time: results of effects and messages of a round are matched by it, never by their
// order of arrival.

/** `round` is 0 or more; `attempt` counts from 1 within a round. */
export interface RoundKey {
  readonly runId: string;
  readonly round: number;
  readonly attempt: number;
}
