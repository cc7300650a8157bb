"""Names the specifications give things. Each constant is spelled as on the wire.

LTI Core 1.3: https://www.imsglobal.org/spec/lti/v1p3
Deep Linking 2.0: https://www.imsglobal.org/spec/lti-dl/v2p0
Assignment and Grade Services 2.0: https://www.imsglobal.org/spec/lti-ags/v2p0
Names and Role Provisioning Services 2.0: https://www.imsglobal.org/spec/lti-nrps/v2p0
Dynamic Registration 1.0: https://www.imsglobal.org/spec/lti-dr/v1p0
"""

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION = CLAIM + "version"
MESSAGE_TYPE = CLAIM + "message_type"
DEPLOYMENT_ID = CLAIM + "deployment_id"
TARGET_LINK_URI = CLAIM + "target_link_uri"
RESOURCE_LINK = CLAIM + "resource_link"
CONTEXT = CLAIM + "context"
ROLES = CLAIM + "roles"
CUSTOM = CLAIM + "custom"
LAUNCH_PRESENTATION = CLAIM + "launch_presentation"
LIS = CLAIM + "lis"
EXT = CLAIM + "ext"  # Moodle's own

RESOURCE_LAUNCH = "LtiResourceLinkRequest"
DEEP_LINKING_LAUNCH = "LtiDeepLinkingRequest"

DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINKING_SETTINGS = DEEP_LINKING + "deep_linking_settings"

AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
AGS_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE = AGS_SCOPE + "score"
RESULT_SCOPE = AGS_SCOPE + "result.readonly"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
