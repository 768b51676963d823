export { AieraChat } from "aiera-chat";
export { Agent, EnvHttpProxyAgent, fetch, ProxyAgent } from "undici";
