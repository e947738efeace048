import { setFlagsFromString } from "node:v8";

// Once the parser is warm V8 optimises its wasm in the background, which takes 550 MB and half a second of a processor
// and makes no run faster (measured on 300 kB and on 3 MB of SQL). Must be said before the module is compiled.
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");
