"""The functions of the predecessor by name, and which of them lead nowhere yet."""

_NAMES = """
admin-approve-master-key-reset admin-decrypt-user-data admin-export-all-data
admin-initiate-master-key-reset admin-setup-master-key admin-system api-v2 assignments-system
auth/lockout auth/reset-password auth/session auth/signin auth/signout auth/signup
auth/update-profile auth/verify-email auto-unsuspend-accounts batch-action batch-operations
cancel-reminder check-budget-alerts check-grace-period check-policy-accessibility
check-username-availability cleanup-deleted-items cleanup-idempotency-keys cleanup-old-reminders
cleanup-rate-limits complete-onboarding courses crash-rate-monitor create-assignment create-course
create-lecture create-study-session decrypt-data delete-assignment delete-assignment-permanently
delete-course delete-course-permanently delete-lecture delete-lecture-permanently
delete-study-session delete-study-session-permanently email-system encrypt-data export-user-data
get-calendar-data-for-week get-home-screen-data get-secure-chat-link get-streak-info
grant-premium-access health-check learning-analytics lectures-system monitor-edge-functions
monitor-storage notification-system permanently-delete-account process-due-reminders process-jobs
process-notification-queue public-test record-srs-performance reminder-system reschedule-reminder
restore-account restore-assignment restore-course restore-lecture restore-study-session
revenuecat-webhook schedule-reminders send-alert-email send-daily-summary-notifications
send-evening-capture-notifications send-welcome-email simple-test soft-delete-account srs-system
study-materials study-sessions-system suspend-account tasks template-actions test-home-data
test-no-db unsuspend-account update-assignment update-course update-lecture
update-revenuecat-subscription update-study-session update-user-profile users
"""

# Their domains do not exist yet: whoever builds one declares the name there, and removes it here.
_NOT_YET = """
admin-approve-master-key-reset admin-decrypt-user-data admin-export-all-data
admin-initiate-master-key-reset admin-setup-master-key admin-system auth/lockout
auth/session auth/update-profile email-system export-user-data
get-secure-chat-link restore-account soft-delete-account
"""

# The same, of actions below names that lead somewhere.
_ACTIONS_NOT_YET = """
api-v2/analytics/export api-v2/notifications/cancel api-v2/notifications/process
api-v2/notifications/schedule api-v2/notifications/send
notification-system/cancel notification-system/daily-summary notification-system/evening-capture
notification-system/process notification-system/queue notification-system/reminder
notification-system/schedule notification-system/send notification-system/welcome
users/analytics users/restore-account users/soft-delete-account
"""

NAMES, NOT_YET, ACTIONS_NOT_YET = _NAMES.split(), _NOT_YET.split(), _ACTIONS_NOT_YET.split()
