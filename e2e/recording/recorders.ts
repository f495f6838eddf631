// What runs inside the workers of a recorded build, before any of their own code. Each function is
// written out as source text, so it refers to nothing but globals. The records are handed over on a
// BroadcastChannel when asked for.

/** Everything in a message or a stored value that could carry a secret. */
export interface Flattened {
  readonly bytes: Uint8Array[];
  readonly strings: string[];
  /** Longest plain array of numbers: a vector that is not sent as bytes. */
  readonly longestNumberArray: number;
}

/** In the server: every message on every port that reaches it, and every value that it stores. */
export function recordServer(): void {
  const bytes: Uint8Array[] = [];
  const strings: string[] = [];
  let longestNumberArray = 0;

  const keep = (value: unknown): void => {
    if (typeof value === 'string') strings.push(value);
    else if (value instanceof ArrayBuffer) bytes.push(new Uint8Array(value).slice());
    else if (ArrayBuffer.isView(value)) {
      bytes.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice());
    } else if (Array.isArray(value)) {
      const isVector = value.every((item) => typeof item === 'number');
      if (isVector) longestNumberArray = Math.max(longestNumberArray, value.length);
      else value.forEach(keep);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        keep(name);
        keep(item);
      }
    }
  };
  const listen = (ports: readonly MessagePort[]): void => {
    for (const port of ports) {
      port.addEventListener('message', (event) => {
        listen(event.ports);
        keep(event.data);
      });
    }
  };
  self.addEventListener('connect', (event) => listen((event as MessageEvent).ports));
  for (const method of ['put', 'add'] as const) {
    const original = IDBObjectStore.prototype[method];
    IDBObjectStore.prototype[method] = function (this: IDBObjectStore, ...args) {
      args.forEach(keep);
      return original.apply(this, args);
    };
  }
  const channel = new BroadcastChannel('recorded-server');
  channel.onmessage = ({ data }) => {
    if (data === 'hand over') channel.postMessage({ bytes, strings, longestNumberArray });
  };
}

/** In a client: everything that it seals and every raw key that it uses. All of it is secret. */
export function recordClient(): void {
  const secrets: Uint8Array[] = [];
  const bytesOf = (source: BufferSource): Uint8Array =>
    ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
      : new Uint8Array(source).slice();
  const { encrypt, importKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.encrypt = function (algorithm, key, data) {
    secrets.push(bytesOf(data));
    return encrypt.call(this, algorithm, key, data);
  };
  SubtleCrypto.prototype.importKey = function (this: SubtleCrypto, ...args: unknown[]) {
    const [, keyData] = args;
    if (keyData instanceof ArrayBuffer || ArrayBuffer.isView(keyData)) {
      secrets.push(bytesOf(keyData as BufferSource));
    }
    return Reflect.apply(importKey, this, args) as Promise<CryptoKey>;
  };
  const channel = new BroadcastChannel('recorded-client');
  channel.onmessage = ({ data }) => {
    if (data === 'hand over') channel.postMessage(secrets);
  };
}

/** In a client, after `recordClient`: sends the server the beginning of whatever it seals. */
export function leak(): void {
  const { postMessage } = MessagePort.prototype;
  /** Sends as a message of the client that joined: in a frame on its channel. */
  let tellServer: ((message: object) => void) | null = null;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
    const frame = args[0] as { message?: { type?: string } } | null;
    if (frame?.message?.type === 'join') {
      tellServer = (message) => Reflect.apply(postMessage, this, [{ ...frame, message }]);
    }
    Reflect.apply(postMessage, this, args);
  };
  const { encrypt } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.encrypt = function (algorithm, key, data) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    tellServer?.({ type: 'leak', bytes: bytes.slice(0, 4096) });
    return encrypt.call(this, algorithm, key, data);
  };
}

/** In a client: the SHA-256 of whatever it opens, in hexadecimal, to tell which weights it was given. */
export function recordOpened(): void {
  const opened: Promise<string>[] = [];
  const { decrypt } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.decrypt = async function (this: SubtleCrypto, ...args) {
    const bytes = await Reflect.apply(decrypt, this, args);
    const hash = async () => {
      const digest = await crypto.subtle.digest('SHA-256', bytes.slice(0));
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(
        '',
      );
    };
    opened.push(hash());
    return bytes;
  };
  const channel = new BroadcastChannel('recorded-client');
  channel.onmessage = ({ data }) => {
    if (data === 'hand over')
      void Promise.all(opened).then((hashes) => channel.postMessage(hashes));
  };
}
