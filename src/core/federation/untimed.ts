// Events before they have a time: who hands one to a machine stamps it.

/** Each member of a union of events, without `atMs`. */
export type Untimed<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never;
