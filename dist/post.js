import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
var{cleanUp}=await import("./chunks/clean-up-6WXFMBBP.js");await cleanUp(process.env);process.exit();
