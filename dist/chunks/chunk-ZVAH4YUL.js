import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
var GitHubError=class extends Error{name="GitHubError";status;missing;constructor(message,status,missing){super(message),this.status=status,this.missing=missing}get permission(){return this.missing?.replaceAll("_","-").replace("=",": ")}};export{GitHubError};
