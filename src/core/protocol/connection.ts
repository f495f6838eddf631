// What client, dashboard and server know of a transport: somebody to send to, and to learn that the
// other side is gone. How that is found out (a Web Lock in one browser, a broker's notice across
// machines) is the transport's own business; nothing here says that both ends share an origin.
// The other choice, callbacks that are set after the connection exists, loses what arrives between.

/** One side's end. After `close`, or when the other side is gone, what is sent is dropped. */
export interface Connection {
  /**
   * Messages arrive whole, in the order sent. `handedOver`: buffers of the message that belong to the
   * receiver from now on; the sender's views of them may be empty afterwards.
   */
  send(message: object, handedOver?: readonly ArrayBuffer[]): void;
  /** The other side is told that this one is gone; nothing more is received. */
  close(): void;
}

/** What is done with what comes. Neither is called before `connect` or `accept` has returned. */
export interface Receiver {
  /** Unread: a schema must read it before anything believes it. */
  onMessage(data: unknown): void;
  /** The other side closed or died, however that happened. Once, and nothing after it; not after an own `close`. */
  onGone(): void;
}

/** The way from one page or worker to the server. It carries several connections: a worker's clients have one each. */
export interface Connector {
  connect(receiver: Receiver): Connection;
  /** All its connections are closed. */
  close(): void;
}

/** The server's side. */
export interface Listener {
  /** `accept` is called for each connection that comes; before it is set they wait. */
  listen(accept: (connection: Connection) => Receiver): void;
  /**
   * The same message for all of these, sent once over a way that several of them share; those may be given
   * one and the same object, which is for reading only. Nothing is handed over. It keeps no order with
   * what is sent to one of them, and may come twice or not at all.
   */
  broadcast(connections: readonly Connection[], message: object): void;
  close(): void;
}
