import type { Provider } from "../provider.js";
import { container } from "./container.js";
import { embedded } from "./embedded.js";
import { local } from "./local.js";
import { url } from "./url.js";

/** Every provider, in the order in which `auto` tries them. The only place a provider is registered. */
export const providers = { url, container, local, embedded } as const satisfies Readonly<Record<string, Provider>>;

export type ProviderId = keyof typeof providers;

export const providerIds = Object.keys(providers) as readonly ProviderId[];
