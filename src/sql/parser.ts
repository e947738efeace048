// The only file that imports libpg-query: a dynamic import of the CommonJS package itself would lose its named
// exports in the bundle, and its 1.7 MB of wasm are wanted only where SQL is really parsed.
import "./modest-wasm.js";

export { hasSqlDetails, parse } from "libpg-query";
