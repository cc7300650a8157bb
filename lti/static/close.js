// Ends registration: https://www.imsglobal.org/spec/lti-dr/v1p0#closing-the-registration-window
// The target origin is open because the message says nothing; Moodle and Canvas both listen for it.
(window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
