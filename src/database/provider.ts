/** A running Postgres that is gone once disposed: server, container, folder and all. */
export interface Server extends AsyncDisposable {
  /** Superuser connection, `postgres://user:password@host:port/postgres`. */
  readonly url: string;
  /**
   * True where the gate started the server and so set its command line; false for `url`, where the
   * gate has only its own databases.
   */
  readonly own: boolean;
  /** "embedded Postgres 17.10", "container postgres:17": for people; no port, path or pid. */
  readonly description: string;
}

/** What a provider is asked for. */
export interface ServerRequest {
  /** 14 to 18; undefined: the provider's choice (the image's, the server's, else `defaultMajor`). */
  readonly major: number | undefined;
  readonly url: string | undefined;
  readonly image: string | undefined;
  /** For initdb; databases are created with it as well, by `open.ts`, from template0. */
  readonly locale: string;
  /** Server arguments, the lowest layer of settings: ours, then the user's. */
  readonly settings: Readonly<Record<string, string>>;
  /** Those names of `settings` that the user wrote: `url` refuses them where it cannot apply them. */
  readonly userSettings: readonly string[];
  readonly startTimeoutSeconds: number;
  /** The folder from which `node_modules` is searched for native binaries. */
  readonly cwd: string;
  /** The environment of the command line: PATH, HOME, TMPDIR, the cache folder, proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Says what takes long: "downloading Postgres 17 (23 MB)". */
  readonly progress: (message: string) => void;
  /** Aborted on Ctrl-C: whatever is under way must stop and be removed. */
  readonly signal: AbortSignal;
}

/** One way to get a Postgres. To add one: a file here and a line in `providers/index.ts`. */
export interface Provider {
  readonly id: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Why it cannot work here ("Docker does not answer"), or undefined. Cheap: `auto` asks in order. */
  unavailable(request: ServerRequest): Promise<string | undefined>;
  /** Throws PlanGateError; leaves nothing behind then. */
  start(request: ServerRequest): Promise<Server>;
  /** Removes what an earlier run that was killed left behind. Never touches what it cannot prove to be ours. */
  sweep(request: Pick<ServerRequest, "env" | "progress">): Promise<void>;
}

/** The major where nothing says which. */
export const defaultMajor = 17;
export const supportedMajors = [14, 15, 16, 17, 18] as const;
