// Included before all else where better-sqlite3 12 is compiled (see scripts/lib/sqliteDriver.mjs).
//
// Since Node.js 24.19 node::ObjectWrap calls RemoveEnvironmentCleanupHook in its destructor, which aborts the process
// when a garbage collection runs outside of JavaScript (nodejs/node#63642, "Assertion failed: (env) != nullptr").
// better-sqlite3 13 does without ObjectWrap but needs Node-API 10, which Node.js 20 lacks, and Backstage asks for 12.
// This gives version 12 the ObjectWrap it was written for: the same class without these hooks.
#ifdef __cplusplus
#include <node.h>
#define AddEnvironmentCleanupHook(...) static_cast<void>(0)
#define RemoveEnvironmentCleanupHook(...) static_cast<void>(0)
#include <node_object_wrap.h>
#undef AddEnvironmentCleanupHook
#undef RemoveEnvironmentCleanupHook
#endif
