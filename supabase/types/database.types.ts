export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "ai_settings": {
                  Row: {
                    "created_at": string,"setting": string,"updated_at": string,"value": NonNullable<Json>
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"setting": string,"updated_at"?: string,"value": NonNullable<Json>
                  }
                  Update: {
                    "created_at"?: string,"setting"?: string,"updated_at"?: string,"value"?: NonNullable<Json>
                  }
                  Relationships: [
                    
                  ]
                },"alert_metrics": {
                  Row: {
                    "direction": string,"is_of_channel": boolean,"is_of_desk": boolean,"is_of_tier": boolean,"label": string,"metric": string,"unit": string
                  }
                  ComputedFields: never
                  Insert: {
                    "direction": string,"is_of_channel": boolean,"is_of_desk": boolean,"is_of_tier": boolean,"label": string,"metric": string,"unit": string
                  }
                  Update: {
                    "direction"?: string,"is_of_channel"?: boolean,"is_of_desk"?: boolean,"is_of_tier"?: boolean,"label"?: string,"metric"?: string,"unit"?: string
                  }
                  Relationships: [
                    
                  ]
                },"alert_rules": {
                  Row: {
                    "action": string,"channel_kind": string | null,"clear_threshold": number,"cooldown_seconds": number,"created_at": string,"desk_id": string | null,"direction": string,"escalation": NonNullable<Json>,"id": string,"is_active": boolean,"metric": string,"min_samples": number,"min_seconds": number,"name": string,"raise_threshold": number,"severity": string,"tier": string | null,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"channel_kind"?: string | null,"clear_threshold": number,"cooldown_seconds"?: number,"created_at"?: string,"desk_id"?: string | null,"direction": string,"escalation"?: NonNullable<Json>,"id"?: string,"is_active"?: boolean,"metric": string,"min_samples"?: number,"min_seconds"?: number,"name": string,"raise_threshold": number,"severity": string,"tier"?: string | null,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "action"?: string,"channel_kind"?: string | null,"clear_threshold"?: number,"cooldown_seconds"?: number,"created_at"?: string,"desk_id"?: string | null,"direction"?: string,"escalation"?: NonNullable<Json>,"id"?: string,"is_active"?: boolean,"metric"?: string,"min_samples"?: number,"min_seconds"?: number,"name"?: string,"raise_threshold"?: number,"severity"?: string,"tier"?: string | null,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_rules_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alert_rules_metric_fkey"
      columns: ["metric"]
isOneToOne: false
      referencedRelation: "alert_metrics"
      referencedColumns: ["metric"]
    },{
      foreignKeyName: "alert_rules_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"alert_steps": {
                  Row: {
                    "actor_id": string | null,"alert_id": string,"audience": string | null,"details": NonNullable<Json>,"id": number,"kind": string,"recipient_count": number,"step": number | null,"taken_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_id"?: string | null,"alert_id": string,"audience"?: string | null,"details"?: NonNullable<Json>,"id"?: never,"kind": string,"recipient_count"?: number,"step"?: number | null,"taken_at"?: string
                  }
                  Update: {
                    "actor_id"?: string | null,"alert_id"?: string,"audience"?: string | null,"details"?: NonNullable<Json>,"id"?: never,"kind"?: string,"recipient_count"?: number,"step"?: number | null,"taken_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_steps_alert_id_fkey"
      columns: ["alert_id"]
isOneToOne: false
      referencedRelation: "alerts"
      referencedColumns: ["id"]
    }
                  ]
                },"alerts": {
                  Row: {
                    "acknowledged_at": string | null,"acknowledged_by": string | null,"clear_reason": string | null,"cleared_at": string | null,"desk_id": string | null,"direction": string,"id": string,"judged_at": string,"last_value": number,"metric": string,"opened_at": string,"opened_value": number,"policy_version": string,"raise_threshold": number,"rule_id": string,"rule_version": number,"severity": string,"silenced_until": string | null,"state": string,"stepped_at": string,"steps_taken": number,"ticket_id": string | null,"updated_at": string,"version": number,"worst_value": number
                  }
                  ComputedFields: never
                  Insert: {
                    "acknowledged_at"?: string | null,"acknowledged_by"?: string | null,"clear_reason"?: string | null,"cleared_at"?: string | null,"desk_id"?: string | null,"direction": string,"id"?: string,"judged_at"?: string,"last_value": number,"metric": string,"opened_at"?: string,"opened_value": number,"policy_version": string,"raise_threshold": number,"rule_id": string,"rule_version": number,"severity": string,"silenced_until"?: string | null,"state"?: string,"stepped_at"?: string,"steps_taken"?: number,"ticket_id"?: string | null,"updated_at"?: string,"version"?: number,"worst_value": number
                  }
                  Update: {
                    "acknowledged_at"?: string | null,"acknowledged_by"?: string | null,"clear_reason"?: string | null,"cleared_at"?: string | null,"desk_id"?: string | null,"direction"?: string,"id"?: string,"judged_at"?: string,"last_value"?: number,"metric"?: string,"opened_at"?: string,"opened_value"?: number,"policy_version"?: string,"raise_threshold"?: number,"rule_id"?: string,"rule_version"?: number,"severity"?: string,"silenced_until"?: string | null,"state"?: string,"stepped_at"?: string,"steps_taken"?: number,"ticket_id"?: string | null,"updated_at"?: string,"version"?: number,"worst_value"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "alerts_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alerts_metric_fkey"
      columns: ["metric"]
isOneToOne: false
      referencedRelation: "alert_metrics"
      referencedColumns: ["metric"]
    },{
      foreignKeyName: "alerts_rule_id_fkey"
      columns: ["rule_id"]
isOneToOne: false
      referencedRelation: "alert_rules"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alerts_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alerts_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"calendar_exception_hours": {
                  Row: {
                    "calendar_id": string,"closes_minute": number,"falls_on": string,"opens_minute": number
                  }
                  ComputedFields: never
                  Insert: {
                    "calendar_id": string,"closes_minute": number,"falls_on": string,"opens_minute": number
                  }
                  Update: {
                    "calendar_id"?: string,"closes_minute"?: number,"falls_on"?: string,"opens_minute"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "calendar_exception_hours_are_of_an_exception"
      columns: ["calendar_id","falls_on"]
isOneToOne: false
      referencedRelation: "calendar_exceptions"
      referencedColumns: ["calendar_id","falls_on"]
    }
                  ]
                },"calendar_exceptions": {
                  Row: {
                    "calendar_id": string,"falls_on": string,"label": string
                  }
                  ComputedFields: never
                  Insert: {
                    "calendar_id": string,"falls_on": string,"label": string
                  }
                  Update: {
                    "calendar_id"?: string,"falls_on"?: string,"label"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "calendar_exceptions_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    }
                  ]
                },"calendar_hours": {
                  Row: {
                    "calendar_id": string,"closes_minute": number,"opens_minute": number,"weekday": number
                  }
                  ComputedFields: never
                  Insert: {
                    "calendar_id": string,"closes_minute": number,"opens_minute": number,"weekday": number
                  }
                  Update: {
                    "calendar_id"?: string,"closes_minute"?: number,"opens_minute"?: number,"weekday"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "calendar_hours_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    }
                  ]
                },"calendars": {
                  Row: {
                    "created_at": string,"holiday_set": string | null,"id": string,"is_always_open": boolean,"name": string,"time_zone": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"holiday_set"?: string | null,"id"?: string,"is_always_open"?: boolean,"name": string,"time_zone"?: string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "created_at"?: string,"holiday_set"?: string | null,"id"?: string,"is_always_open"?: boolean,"name"?: string,"time_zone"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "calendars_holiday_set_fkey"
      columns: ["holiday_set"]
isOneToOne: false
      referencedRelation: "holiday_sets"
      referencedColumns: ["holiday_set"]
    }
                  ]
                },"channels": {
                  Row: {
                    "channel": string,"created_at": string,"is_live": boolean,"label": string,"load_units": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "channel": string,"created_at"?: string,"is_live": boolean,"label": string,"load_units": number,"updated_at"?: string
                  }
                  Update: {
                    "channel"?: string,"created_at"?: string,"is_live"?: boolean,"label"?: string,"load_units"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"client_delegates": {
                  Row: {
                    "client_id": string,"contact_kind": string | null,"contact_value": string | null,"created_at": string,"delegate_client_id": string | null,"ends_at": string | null,"id": string,"is_authorised": boolean,"kind": string,"label": string | null,"starts_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"contact_kind"?: string | null,"contact_value"?: string | null,"created_at"?: string,"delegate_client_id"?: string | null,"ends_at"?: string | null,"id"?: string,"is_authorised"?: boolean,"kind": string,"label"?: string | null,"starts_at"?: string,"updated_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"contact_kind"?: string | null,"contact_value"?: string | null,"created_at"?: string,"delegate_client_id"?: string | null,"ends_at"?: string | null,"id"?: string,"is_authorised"?: boolean,"kind"?: string,"label"?: string | null,"starts_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_delegates_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "client_delegates_delegate_client_id_fkey"
      columns: ["delegate_client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"client_identities": {
                  Row: {
                    "account_id": string | null,"client_id": string,"created_at": string,"id": string,"is_verified": boolean,"kind": string,"source": string,"updated_at": string,"value": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id"?: string | null,"client_id": string,"created_at"?: string,"id"?: string,"is_verified"?: boolean,"kind": string,"source": string,"updated_at"?: string,"value": string
                  }
                  Update: {
                    "account_id"?: string | null,"client_id"?: string,"created_at"?: string,"id"?: string,"is_verified"?: boolean,"kind"?: string,"source"?: string,"updated_at"?: string,"value"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_identities_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"client_merge_items": {
                  Row: {
                    "details": NonNullable<Json>,"kind": string,"merge_id": string,"row_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "details"?: NonNullable<Json>,"kind": string,"merge_id": string,"row_id": string
                  }
                  Update: {
                    "details"?: NonNullable<Json>,"kind"?: string,"merge_id"?: string,"row_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_merge_items_merge_id_fkey"
      columns: ["merge_id"]
isOneToOne: false
      referencedRelation: "client_merges"
      referencedColumns: ["id"]
    }
                  ]
                },"client_merges": {
                  Row: {
                    "check_id": string | null,"desk_id": string,"id": string,"kept_client_id": string,"merged_at": string,"merged_by": string | null,"merged_client_id": string,"reason": string,"undo_reason": string | null,"undone_at": string | null,"undone_by": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "check_id"?: string | null,"desk_id": string,"id"?: string,"kept_client_id": string,"merged_at"?: string,"merged_by"?: string | null,"merged_client_id": string,"reason": string,"undo_reason"?: string | null,"undone_at"?: string | null,"undone_by"?: string | null
                  }
                  Update: {
                    "check_id"?: string | null,"desk_id"?: string,"id"?: string,"kept_client_id"?: string,"merged_at"?: string,"merged_by"?: string | null,"merged_client_id"?: string,"reason"?: string,"undo_reason"?: string | null,"undone_at"?: string | null,"undone_by"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_merges_check_id_fkey"
      columns: ["check_id"]
isOneToOne: false
      referencedRelation: "identity_checks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "client_merges_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "client_merges_kept_client_id_fkey"
      columns: ["kept_client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "client_merges_merged_client_id_fkey"
      columns: ["merged_client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"consent_purposes": {
                  Row: {
                    "created_at": string,"label_en": string,"label_pl": string,"purpose": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"label_en": string,"label_pl": string,"purpose": string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"label_en"?: string,"label_pl"?: string,"purpose"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"consents": {
                  Row: {
                    "channel": string,"client_id": string,"given_at": string,"given_by": string | null,"id": number,"proof": string,"purpose": string,"withdrawn_at": string | null,"withdrawn_by": string | null,"wording_version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "channel": string,"client_id": string,"given_at"?: string,"given_by"?: string | null,"id"?: never,"proof": string,"purpose": string,"withdrawn_at"?: string | null,"withdrawn_by"?: string | null,"wording_version": string
                  }
                  Update: {
                    "channel"?: string,"client_id"?: string,"given_at"?: string,"given_by"?: string | null,"id"?: never,"proof"?: string,"purpose"?: string,"withdrawn_at"?: string | null,"withdrawn_by"?: string | null,"wording_version"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "consents_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "consents_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "consents_purpose_fkey"
      columns: ["purpose"]
isOneToOne: false
      referencedRelation: "consent_purposes"
      referencedColumns: ["purpose"]
    }
                  ]
                },"desks": {
                  Row: {
                    "created_at": string,"id": string,"is_default": boolean,"name": string,"overflow_desk_id": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"is_default"?: boolean,"name": string,"overflow_desk_id"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"is_default"?: boolean,"name"?: string,"overflow_desk_id"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "desks_overflow_desk_id_fkey"
      columns: ["overflow_desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    }
                  ]
                },"events": {
                  Row: {
                    "cause_id": number | null,"depth": number,"id": number,"kind": string,"occurred_at": string,"payload": NonNullable<Json>,"subject_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "cause_id"?: number | null,"depth"?: number,"id"?: never,"kind": string,"occurred_at"?: string,"payload"?: NonNullable<Json>,"subject_id"?: string | null
                  }
                  Update: {
                    "cause_id"?: number | null,"depth"?: number,"id"?: never,"kind"?: string,"occurred_at"?: string,"payload"?: NonNullable<Json>,"subject_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"fairness_alarms": {
                  Row: {
                    "agent_count": number,"assignment_count": number,"desk_id": string,"end_reason": string | null,"id": number,"judged_at": string,"kind": string,"limit_value": number,"peak_value": number,"policy_version": string,"raised_at": string,"resolved_at": string | null,"value": number,"week_on": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_count": number,"assignment_count": number,"desk_id": string,"end_reason"?: string | null,"id"?: never,"judged_at"?: string,"kind": string,"limit_value": number,"peak_value": number,"policy_version": string,"raised_at"?: string,"resolved_at"?: string | null,"value": number,"week_on": string
                  }
                  Update: {
                    "agent_count"?: number,"assignment_count"?: number,"desk_id"?: string,"end_reason"?: string | null,"id"?: never,"judged_at"?: string,"kind"?: string,"limit_value"?: number,"peak_value"?: number,"policy_version"?: string,"raised_at"?: string,"resolved_at"?: string | null,"value"?: number,"week_on"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "fairness_alarms_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    }
                  ]
                },"fairness_limits": {
                  Row: {
                    "clear_below": number,"created_at": string,"desk_id": string | null,"id": number,"kind": string,"min_agents": number,"min_assignments": number,"raise_above": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "clear_below": number,"created_at"?: string,"desk_id"?: string | null,"id"?: never,"kind": string,"min_agents": number,"min_assignments": number,"raise_above": number,"updated_at"?: string
                  }
                  Update: {
                    "clear_below"?: number,"created_at"?: string,"desk_id"?: string | null,"id"?: never,"kind"?: string,"min_agents"?: number,"min_assignments"?: number,"raise_above"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "fairness_limits_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    }
                  ]
                },"feature_flags": {
                  Row: {
                    "created_at": string,"flag": string,"is_enabled": boolean,"is_public": boolean,"label": string,"updated_at": string,"variable": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"flag": string,"is_enabled": boolean,"is_public"?: boolean,"label": string,"updated_at"?: string,"variable": string
                  }
                  Update: {
                    "created_at"?: string,"flag"?: string,"is_enabled"?: boolean,"is_public"?: boolean,"label"?: string,"updated_at"?: string,"variable"?: string
                  }
                  Relationships: [
                    
                  ]
                },"holiday_rules": {
                  Row: {
                    "day": number | null,"easter_offset_days": number | null,"first_year": number,"holiday_set": string,"last_year": number,"month": number | null,"name_en": string,"name_pl": string
                  }
                  ComputedFields: never
                  Insert: {
                    "day"?: number | null,"easter_offset_days"?: number | null,"first_year"?: number,"holiday_set": string,"last_year"?: number,"month"?: number | null,"name_en": string,"name_pl": string
                  }
                  Update: {
                    "day"?: number | null,"easter_offset_days"?: number | null,"first_year"?: number,"holiday_set"?: string,"last_year"?: number,"month"?: number | null,"name_en"?: string,"name_pl"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "holiday_rules_holiday_set_fkey"
      columns: ["holiday_set"]
isOneToOne: false
      referencedRelation: "holiday_sets"
      referencedColumns: ["holiday_set"]
    }
                  ]
                },"holiday_sets": {
                  Row: {
                    "holiday_set": string,"label": string
                  }
                  ComputedFields: never
                  Insert: {
                    "holiday_set": string,"label": string
                  }
                  Update: {
                    "holiday_set"?: string,"label"?: string
                  }
                  Relationships: [
                    
                  ]
                },"identity_checks": {
                  Row: {
                    "candidates": NonNullable<Json>,"client_id": string,"confirmed_client_id": string | null,"contact_kind": string,"contact_value": string,"created_at": string,"decided_at": string | null,"decided_by": string | null,"desk_id": string,"display_name": string | null,"id": string,"reason": string | null,"status": string,"ticket_id": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "candidates": NonNullable<Json>,"client_id": string,"confirmed_client_id"?: string | null,"contact_kind": string,"contact_value": string,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"desk_id": string,"display_name"?: string | null,"id"?: string,"reason"?: string | null,"status"?: string,"ticket_id"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "candidates"?: NonNullable<Json>,"client_id"?: string,"confirmed_client_id"?: string | null,"contact_kind"?: string,"contact_value"?: string,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"desk_id"?: string,"display_name"?: string | null,"id"?: string,"reason"?: string | null,"status"?: string,"ticket_id"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "identity_checks_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "identity_checks_confirmed_client_id_fkey"
      columns: ["confirmed_client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "identity_checks_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "identity_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "identity_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"macro_uses": {
                  Row: {
                    "id": number,"macro_id": string,"macro_version": number,"staff_id": string,"ticket_id": string,"used_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: never,"macro_id": string,"macro_version": number,"staff_id": string,"ticket_id": string,"used_at"?: string
                  }
                  Update: {
                    "id"?: never,"macro_id"?: string,"macro_version"?: number,"staff_id"?: string,"ticket_id"?: string,"used_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "macro_uses_macro_id_fkey"
      columns: ["macro_id"]
isOneToOne: false
      referencedRelation: "macros"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "macro_uses_staff_id_fkey"
      columns: ["staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "macro_uses_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "macro_uses_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"macros": {
                  Row: {
                    "actions": NonNullable<Json>,"body": string | null,"created_at": string,"desk_id": string | null,"id": string,"is_active": boolean,"language": string | null,"owner_id": string | null,"title": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "actions"?: NonNullable<Json>,"body"?: string | null,"created_at"?: string,"desk_id"?: string | null,"id"?: string,"is_active"?: boolean,"language"?: string | null,"owner_id"?: string | null,"title": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "actions"?: NonNullable<Json>,"body"?: string | null,"created_at"?: string,"desk_id"?: string | null,"id"?: string,"is_active"?: boolean,"language"?: string | null,"owner_id"?: string | null,"title"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "macros_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "macros_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"notifications": {
                  Row: {
                    "actor_id": string | null,"created_at": string,"details": NonNullable<Json>,"id": number,"kind": string,"read_at": string | null,"recipient_id": string,"ticket_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_id"?: string | null,"created_at"?: string,"details"?: NonNullable<Json>,"id"?: never,"kind": string,"read_at"?: string | null,"recipient_id": string,"ticket_id"?: string | null
                  }
                  Update: {
                    "actor_id"?: string | null,"created_at"?: string,"details"?: NonNullable<Json>,"id"?: never,"kind"?: string,"read_at"?: string | null,"recipient_id"?: string,"ticket_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "notifications_recipient_id_fkey"
      columns: ["recipient_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "notifications_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "notifications_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"partner_requests": {
                  Row: {
                    "answered_at": string | null,"answered_by": string | null,"asked_at": string,"expires_at": string,"id": string,"partner_id": string,"service_id": string,"state": string,"step_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "answered_at"?: string | null,"answered_by"?: string | null,"asked_at"?: string,"expires_at": string,"id"?: string,"partner_id": string,"service_id": string,"state"?: string,"step_id": string
                  }
                  Update: {
                    "answered_at"?: string | null,"answered_by"?: string | null,"asked_at"?: string,"expires_at"?: string,"id"?: string,"partner_id"?: string,"service_id"?: string,"state"?: string,"step_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "partner_requests_partner_id_fkey"
      columns: ["partner_id"]
isOneToOne: false
      referencedRelation: "partners"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "partner_requests_service_id_fkey"
      columns: ["service_id"]
isOneToOne: false
      referencedRelation: "white_glove_services"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "partner_requests_step_id_fkey"
      columns: ["step_id"]
isOneToOne: false
      referencedRelation: "white_glove_steps"
      referencedColumns: ["id"]
    }
                  ]
                },"partners": {
                  Row: {
                    "created_at": string,"id": string,"is_active": boolean,"kind": string,"name": string,"rank": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"is_active"?: boolean,"kind": string,"name": string,"rank"?: number,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"is_active"?: boolean,"kind"?: string,"name"?: string,"rank"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"playbook_steps": {
                  Row: {
                    "answer_seconds": number | null,"consent_purpose": string | null,"contact_channel": string | null,"depends_on_keys": (string)[],"due_base": string,"due_seconds": number,"is_client_visible": boolean,"is_confirmed_by_client": boolean | null,"kind": string,"max_attempts": number,"on_failure": string,"owner_role": string,"partner_kind": string | null,"phase": string,"playbook_version": number,"position": number,"service_type": string,"step_key": string,"title_en": string,"title_pl": string,"undo_kind": string,"undo_title_en": string | null,"undo_title_pl": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "answer_seconds"?: number | null,"consent_purpose"?: string | null,"contact_channel"?: string | null,"depends_on_keys"?: (string)[],"due_base": string,"due_seconds": number,"is_client_visible"?: boolean,"is_confirmed_by_client"?: never,"kind": string,"max_attempts"?: number,"on_failure"?: string,"owner_role": string,"partner_kind"?: string | null,"phase": string,"playbook_version": number,"position": number,"service_type": string,"step_key": string,"title_en": string,"title_pl": string,"undo_kind"?: string,"undo_title_en"?: string | null,"undo_title_pl"?: string | null
                  }
                  Update: {
                    "answer_seconds"?: number | null,"consent_purpose"?: string | null,"contact_channel"?: string | null,"depends_on_keys"?: (string)[],"due_base"?: string,"due_seconds"?: number,"is_client_visible"?: boolean,"is_confirmed_by_client"?: never,"kind"?: string,"max_attempts"?: number,"on_failure"?: string,"owner_role"?: string,"partner_kind"?: string | null,"phase"?: string,"playbook_version"?: number,"position"?: number,"service_type"?: string,"step_key"?: string,"title_en"?: string,"title_pl"?: string,"undo_kind"?: string,"undo_title_en"?: string | null,"undo_title_pl"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "playbook_steps_belong_to_a_playbook"
      columns: ["service_type","playbook_version"]
isOneToOne: false
      referencedRelation: "playbooks"
      referencedColumns: ["service_type","playbook_version"]
    },{
      foreignKeyName: "playbook_steps_consent_purpose_fkey"
      columns: ["consent_purpose"]
isOneToOne: false
      referencedRelation: "consent_purposes"
      referencedColumns: ["purpose"]
    },{
      foreignKeyName: "playbook_steps_contact_channel_fkey"
      columns: ["contact_channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    }
                  ]
                },"playbooks": {
                  Row: {
                    "created_at": string,"duration_seconds": number,"is_current": boolean,"is_scheduled": boolean,"playbook_version": number,"service_type": string,"title_en": string,"title_pl": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"duration_seconds": number,"is_current"?: boolean,"is_scheduled": boolean,"playbook_version": number,"service_type": string,"title_en": string,"title_pl": string
                  }
                  Update: {
                    "created_at"?: string,"duration_seconds"?: number,"is_current"?: boolean,"is_scheduled"?: boolean,"playbook_version"?: number,"service_type"?: string,"title_en"?: string,"title_pl"?: string
                  }
                  Relationships: [
                    
                  ]
                },"presence_settings": {
                  Row: {
                    "created_at": string,"highest": number,"label": string,"lowest": number,"setting": string,"updated_at": string,"value": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"highest": number,"label": string,"lowest": number,"setting": string,"updated_at"?: string,"value": number
                  }
                  Update: {
                    "created_at"?: string,"highest"?: number,"label"?: string,"lowest"?: number,"setting"?: string,"updated_at"?: string,"value"?: number
                  }
                  Relationships: [
                    
                  ]
                },"profiles": {
                  Row: {
                    "account_id": string | null,"created_at": string,"desk_id": string,"display_name": string,"folded_name": string,"has_account": boolean,"id": string,"locale": string,"merged_into_id": string | null,"preferred_languages": (string)[],"tier": string,"time_zone": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id"?: never,"created_at"?: string,"desk_id"?: string,"display_name": string,"folded_name"?: never,"has_account"?: boolean,"id": string,"locale"?: string,"merged_into_id"?: string | null,"preferred_languages"?: (string)[],"tier"?: string,"time_zone"?: string,"updated_at"?: string
                  }
                  Update: {
                    "account_id"?: never,"created_at"?: string,"desk_id"?: string,"display_name"?: string,"folded_name"?: never,"has_account"?: boolean,"id"?: string,"locale"?: string,"merged_into_id"?: string | null,"preferred_languages"?: (string)[],"tier"?: string,"time_zone"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "profiles_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "profiles_merged_into_id_fkey"
      columns: ["merged_into_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "profiles_tier_is_a_service_level"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"promise_notices": {
                  Row: {
                    "due_at": string,"kind": string,"noticed_at": string,"promise_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "due_at": string,"kind": string,"noticed_at"?: string,"promise_id": string
                  }
                  Update: {
                    "due_at"?: string,"kind"?: string,"noticed_at"?: string,"promise_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "promise_notices_promise_id_fkey"
      columns: ["promise_id"]
isOneToOne: false
      referencedRelation: "ticket_promises"
      referencedColumns: ["id"]
    }
                  ]
                },"promise_spans": {
                  Row: {
                    "calendar_id": string | null,"calendar_version": number | null,"cause": string,"due_at": string | null,"ends_at": string | null,"is_running": boolean,"position": number,"promise_id": string,"starts_at": string,"target_seconds": number,"used_microseconds": number
                  }
                  ComputedFields: never
                  Insert: {
                    "calendar_id"?: string | null,"calendar_version"?: number | null,"cause": string,"due_at"?: string | null,"ends_at"?: string | null,"is_running": boolean,"position": number,"promise_id": string,"starts_at": string,"target_seconds": number,"used_microseconds"?: number
                  }
                  Update: {
                    "calendar_id"?: string | null,"calendar_version"?: number | null,"cause"?: string,"due_at"?: string | null,"ends_at"?: string | null,"is_running"?: boolean,"position"?: number,"promise_id"?: string,"starts_at"?: string,"target_seconds"?: number,"used_microseconds"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "promise_spans_promise_id_fkey"
      columns: ["promise_id"]
isOneToOne: false
      referencedRelation: "ticket_promises"
      referencedColumns: ["id"]
    }
                  ]
                },"promise_targets": {
                  Row: {
                    "calendar_id": string,"created_at": string,"first_warning_share": number,"id": number,"is_live": boolean,"kind": string,"last_warning_share": number,"priority": string | null,"target_seconds": number | null,"tier": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "calendar_id": string,"created_at"?: string,"first_warning_share"?: number,"id"?: never,"is_live": boolean,"kind": string,"last_warning_share"?: number,"priority"?: string | null,"target_seconds"?: number | null,"tier": string,"updated_at"?: string
                  }
                  Update: {
                    "calendar_id"?: string,"created_at"?: string,"first_warning_share"?: number,"id"?: never,"is_live"?: boolean,"kind"?: string,"last_warning_share"?: number,"priority"?: string | null,"target_seconds"?: number | null,"tier"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "promise_targets_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "promise_targets_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"rescue_decisions": {
                  Row: {
                    "absent_at": string | null,"action": string,"agent_id": string,"cause": string,"cycle": number,"decided_at": string,"event_id": number | null,"id": number,"look_again_at": string | null,"policy_version": string,"reason": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "absent_at"?: string | null,"action": string,"agent_id": string,"cause": string,"cycle": number,"decided_at"?: string,"event_id"?: number | null,"id"?: never,"look_again_at"?: string | null,"policy_version": string,"reason": string,"ticket_id": string
                  }
                  Update: {
                    "absent_at"?: string | null,"action"?: string,"agent_id"?: string,"cause"?: string,"cycle"?: number,"decided_at"?: string,"event_id"?: number | null,"id"?: never,"look_again_at"?: string | null,"policy_version"?: string,"reason"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "rescue_decisions_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "rescue_decisions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "rescue_decisions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"routing_decisions": {
                  Row: {
                    "agent_id": string | null,"candidates": NonNullable<Json>,"cycle": number,"decided_at": string,"event_id": number | null,"id": number,"look_again_at": string | null,"outcome": string,"policy_version": string,"preempted": (string)[],"relaxed": (string)[],"score": number | null,"skipped": NonNullable<Json>,"stage": string | null,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"candidates": NonNullable<Json>,"cycle": number,"decided_at"?: string,"event_id"?: number | null,"id"?: never,"look_again_at"?: string | null,"outcome": string,"policy_version": string,"preempted"?: (string)[],"relaxed"?: (string)[],"score"?: number | null,"skipped": NonNullable<Json>,"stage"?: string | null,"ticket_id": string
                  }
                  Update: {
                    "agent_id"?: string | null,"candidates"?: NonNullable<Json>,"cycle"?: number,"decided_at"?: string,"event_id"?: number | null,"id"?: never,"look_again_at"?: string | null,"outcome"?: string,"policy_version"?: string,"preempted"?: (string)[],"relaxed"?: (string)[],"score"?: number | null,"skipped"?: NonNullable<Json>,"stage"?: string | null,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "routing_decisions_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_decisions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_decisions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"routing_phrases": {
                  Row: {
                    "code": string,"created_at": string,"language": string,"text": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "code": string,"created_at"?: string,"language": string,"text": string,"updated_at"?: string
                  }
                  Update: {
                    "code"?: string,"created_at"?: string,"language"?: string,"text"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"routing_requests": {
                  Row: {
                    "completed_at": string | null,"created_at": string,"id": string,"reason": string,"requested_by": string | null,"status": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "completed_at"?: string | null,"created_at"?: string,"id"?: string,"reason": string,"requested_by"?: string | null,"status"?: string,"ticket_id": string
                  }
                  Update: {
                    "completed_at"?: string | null,"created_at"?: string,"id"?: string,"reason"?: string,"requested_by"?: string | null,"status"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "routing_requests_requested_by_fkey"
      columns: ["requested_by"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_requests_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_requests_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"saved_views": {
                  Row: {
                    "created_at": string,"desk_id": string | null,"filter": NonNullable<Json>,"id": string,"is_shared": boolean,"owner_id": string | null,"sort": string,"title": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"desk_id"?: string | null,"filter": NonNullable<Json>,"id"?: string,"is_shared"?: boolean,"owner_id"?: string | null,"sort"?: string,"title": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "created_at"?: string,"desk_id"?: string | null,"filter"?: NonNullable<Json>,"id"?: string,"is_shared"?: boolean,"owner_id"?: string | null,"sort"?: string,"title"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "saved_views_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "saved_views_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"service_levels": {
                  Row: {
                    "async_response_seconds": number,"boost": number,"created_at": string,"has_dedicated_agent": boolean,"has_white_glove": boolean,"is_preemptive": boolean,"is_priority": boolean,"offer_seconds": number,"response_seconds": number,"silence_share": number,"tier": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "async_response_seconds": number,"boost": number,"created_at"?: string,"has_dedicated_agent": boolean,"has_white_glove": boolean,"is_preemptive": boolean,"is_priority": boolean,"offer_seconds": number,"response_seconds": number,"silence_share": number,"tier": string,"updated_at"?: string
                  }
                  Update: {
                    "async_response_seconds"?: number,"boost"?: number,"created_at"?: string,"has_dedicated_agent"?: boolean,"has_white_glove"?: boolean,"is_preemptive"?: boolean,"is_priority"?: boolean,"offer_seconds"?: number,"response_seconds"?: number,"silence_share"?: number,"tier"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"skills": {
                  Row: {
                    "kind": string,"label": string,"relax_after_async_seconds": number | null,"relax_after_live_seconds": number | null,"skill": string
                  }
                  ComputedFields: never
                  Insert: {
                    "kind"?: never,"label": string,"relax_after_async_seconds"?: number | null,"relax_after_live_seconds"?: number | null,"skill": string
                  }
                  Update: {
                    "kind"?: never,"label"?: string,"relax_after_async_seconds"?: number | null,"relax_after_live_seconds"?: number | null,"skill"?: string
                  }
                  Relationships: [
                    
                  ]
                },"staff_absences": {
                  Row: {
                    "created_at": string,"ends_at": string,"id": string,"kind": string,"note": string | null,"staff_id": string,"starts_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"ends_at": string,"id"?: string,"kind"?: string,"note"?: string | null,"staff_id": string,"starts_at": string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"ends_at"?: string,"id"?: string,"kind"?: string,"note"?: string | null,"staff_id"?: string,"starts_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "staff_absences_staff_id_fkey"
      columns: ["staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"staff_members": {
                  Row: {
                    "capacity_units": number,"created_at": string,"desk_id": string,"id": string,"is_active": boolean,"last_assigned_at": string | null,"left_at": string | null,"recent_changes_at": (string)[],"returned_at": string | null,"role": string,"seen_at": string | null,"state": string,"state_changed_at": string,"steady_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "capacity_units"?: number,"created_at"?: string,"desk_id": string,"id": string,"is_active"?: boolean,"last_assigned_at"?: string | null,"left_at"?: string | null,"recent_changes_at"?: (string)[],"returned_at"?: string | null,"role": string,"seen_at"?: string | null,"state"?: string,"state_changed_at"?: string,"steady_at"?: string,"updated_at"?: string
                  }
                  Update: {
                    "capacity_units"?: number,"created_at"?: string,"desk_id"?: string,"id"?: string,"is_active"?: boolean,"last_assigned_at"?: string | null,"left_at"?: string | null,"recent_changes_at"?: (string)[],"returned_at"?: string | null,"role"?: string,"seen_at"?: string | null,"state"?: string,"state_changed_at"?: string,"steady_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "staff_members_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "staff_members_have_an_account"
      columns: ["id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["account_id"]
    }
                  ]
                },"staff_skills": {
                  Row: {
                    "level": number,"skill": string,"staff_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "level"?: number,"skill": string,"staff_id": string
                  }
                  Update: {
                    "level"?: number,"skill"?: string,"staff_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "staff_skills_skill_fkey"
      columns: ["skill"]
isOneToOne: false
      referencedRelation: "skills"
      referencedColumns: ["skill"]
    },{
      foreignKeyName: "staff_skills_staff_id_fkey"
      columns: ["staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"support_tickets": {
                  Row: {
                    "assigned_at": string | null,"assignee_id": string | null,"category": string,"channel": string,"client_id": string,"closed_at": string | null,"cycle": number,"desk_id": string,"first_responded_at": string | null,"first_response_due_at": string,"id": string,"language": string,"last_message_at": string,"merged_into_id": string | null,"number": number,"opened_at": string,"priority": string,"queue_desk_id": string | null,"reopened_at": string | null,"required_skills": (string)[],"resolution": string | null,"resolved_at": string | null,"snoozed_until": string | null,"status": string,"subject": string,"tier": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "assigned_at"?: string | null,"assignee_id"?: string | null,"category"?: string,"channel": string,"client_id": string,"closed_at"?: string | null,"cycle"?: number,"desk_id"?: string,"first_responded_at"?: string | null,"first_response_due_at": string,"id"?: string,"language"?: string,"last_message_at"?: string,"merged_into_id"?: string | null,"number"?: never,"opened_at"?: string,"priority"?: string,"queue_desk_id"?: never,"reopened_at"?: string | null,"required_skills"?: (string)[],"resolution"?: string | null,"resolved_at"?: string | null,"snoozed_until"?: string | null,"status"?: string,"subject": string,"tier": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "assigned_at"?: string | null,"assignee_id"?: string | null,"category"?: string,"channel"?: string,"client_id"?: string,"closed_at"?: string | null,"cycle"?: number,"desk_id"?: string,"first_responded_at"?: string | null,"first_response_due_at"?: string,"id"?: string,"language"?: string,"last_message_at"?: string,"merged_into_id"?: string | null,"number"?: never,"opened_at"?: string,"priority"?: string,"queue_desk_id"?: never,"reopened_at"?: string | null,"required_skills"?: (string)[],"resolution"?: string | null,"resolved_at"?: string | null,"snoozed_until"?: string | null,"status"?: string,"subject"?: string,"tier"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "support_tickets_assignee_id_fkey"
      columns: ["assignee_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "support_tickets_category_fkey"
      columns: ["category"]
isOneToOne: false
      referencedRelation: "ticket_categories"
      referencedColumns: ["category"]
    },{
      foreignKeyName: "support_tickets_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "support_tickets_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "support_tickets_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "support_tickets_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"ticket_assignments": {
                  Row: {
                    "agent_id": string,"answered_at": string | null,"assigned_by": string | null,"cycle": number,"end_reason": string | null,"ended_at": string | null,"expires_at": string | null,"id": number,"is_live": boolean,"load_units": number,"offered_at": string,"stage": string | null,"state": string,"ticket_id": string,"tier": string,"wait_seconds": number
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id": string,"answered_at"?: string | null,"assigned_by"?: string | null,"cycle": number,"end_reason"?: string | null,"ended_at"?: string | null,"expires_at"?: string | null,"id"?: never,"is_live": boolean,"load_units": number,"offered_at"?: string,"stage"?: string | null,"state": string,"ticket_id": string,"tier": string,"wait_seconds": number
                  }
                  Update: {
                    "agent_id"?: string,"answered_at"?: string | null,"assigned_by"?: string | null,"cycle"?: number,"end_reason"?: string | null,"ended_at"?: string | null,"expires_at"?: string | null,"id"?: never,"is_live"?: boolean,"load_units"?: number,"offered_at"?: string,"stage"?: string | null,"state"?: string,"ticket_id"?: string,"tier"?: string,"wait_seconds"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_assignments_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_assignments_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_assignments_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_categories": {
                  Row: {
                    "category": string,"created_at": string,"label": string,"required_skills": (string)[],"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "category": string,"created_at"?: string,"label": string,"required_skills"?: (string)[],"updated_at"?: string
                  }
                  Update: {
                    "category"?: string,"created_at"?: string,"label"?: string,"required_skills"?: (string)[],"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"ticket_cycles": {
                  Row: {
                    "assigned_at": string | null,"assignee_id": string | null,"began_at": string,"channel": string,"closed_at": string | null,"cycle": number,"ended_at": string,"first_responded_at": string | null,"first_response_due_at": string,"resolution": string | null,"resolved_at": string | null,"ticket_id": string,"tier": string
                  }
                  ComputedFields: never
                  Insert: {
                    "assigned_at"?: string | null,"assignee_id"?: string | null,"began_at": string,"channel": string,"closed_at"?: string | null,"cycle": number,"ended_at": string,"first_responded_at"?: string | null,"first_response_due_at": string,"resolution"?: string | null,"resolved_at"?: string | null,"ticket_id": string,"tier": string
                  }
                  Update: {
                    "assigned_at"?: string | null,"assignee_id"?: string | null,"began_at"?: string,"channel"?: string,"closed_at"?: string | null,"cycle"?: number,"ended_at"?: string,"first_responded_at"?: string | null,"first_response_due_at"?: string,"resolution"?: string | null,"resolved_at"?: string | null,"ticket_id"?: string,"tier"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_cycles_assignee_id_fkey"
      columns: ["assignee_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_cycles_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "ticket_cycles_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_cycles_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_cycles_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"ticket_drafts": {
                  Row: {
                    "author_id": string,"body": string,"created_at": string,"is_internal": boolean,"ticket_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id": string,"body": string,"created_at"?: string,"is_internal"?: boolean,"ticket_id": string,"updated_at"?: string
                  }
                  Update: {
                    "author_id"?: string,"body"?: string,"created_at"?: string,"is_internal"?: boolean,"ticket_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_drafts_author_id_fkey"
      columns: ["author_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_drafts_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_drafts_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_events": {
                  Row: {
                    "actor_id": string | null,"cycle": number,"details": NonNullable<Json>,"id": number,"is_internal": boolean,"kind": string,"occurred_at": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_id"?: string | null,"cycle": number,"details"?: NonNullable<Json>,"id"?: never,"is_internal"?: boolean,"kind": string,"occurred_at"?: string,"ticket_id": string
                  }
                  Update: {
                    "actor_id"?: string | null,"cycle"?: number,"details"?: NonNullable<Json>,"id"?: never,"is_internal"?: boolean,"kind"?: string,"occurred_at"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_events_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_events_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_followers": {
                  Row: {
                    "added_by": string | null,"created_at": string,"staff_id": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "added_by"?: string | null,"created_at"?: string,"staff_id": string,"ticket_id": string
                  }
                  Update: {
                    "added_by"?: string | null,"created_at"?: string,"staff_id"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_followers_staff_id_fkey"
      columns: ["staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_followers_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_followers_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_links": {
                  Row: {
                    "created_at": string,"created_by": string,"kind": string,"linked_ticket_id": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"created_by": string,"kind": string,"linked_ticket_id": string,"ticket_id": string
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string,"kind"?: string,"linked_ticket_id"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_links_linked_ticket_id_fkey"
      columns: ["linked_ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_links_linked_ticket_id_fkey"
      columns: ["linked_ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_links_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_links_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_merges": {
                  Row: {
                    "id": number,"into_ticket_id": string,"merged_at": string,"merged_by": string,"previous_closed_at": string | null,"previous_resolved_at": string | null,"previous_status": string,"reason": string,"ticket_id": string,"undo_reason": string | null,"undone_at": string | null,"undone_by": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: never,"into_ticket_id": string,"merged_at"?: string,"merged_by": string,"previous_closed_at"?: string | null,"previous_resolved_at"?: string | null,"previous_status": string,"reason": string,"ticket_id": string,"undo_reason"?: string | null,"undone_at"?: string | null,"undone_by"?: string | null
                  }
                  Update: {
                    "id"?: never,"into_ticket_id"?: string,"merged_at"?: string,"merged_by"?: string,"previous_closed_at"?: string | null,"previous_resolved_at"?: string | null,"previous_status"?: string,"reason"?: string,"ticket_id"?: string,"undo_reason"?: string | null,"undone_at"?: string | null,"undone_by"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_merges_into_ticket_id_fkey"
      columns: ["into_ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_merges_into_ticket_id_fkey"
      columns: ["into_ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_merges_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_merges_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_messages": {
                  Row: {
                    "author_id": string | null,"author_kind": string,"body": string,"created_at": string,"id": string,"is_internal": boolean,"mentions": (string)[],"ticket_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id"?: string | null,"author_kind": string,"body": string,"created_at"?: string,"id"?: string,"is_internal"?: boolean,"mentions"?: (string)[],"ticket_id": string,"updated_at"?: string
                  }
                  Update: {
                    "author_id"?: string | null,"author_kind"?: string,"body"?: string,"created_at"?: string,"id"?: string,"is_internal"?: boolean,"mentions"?: (string)[],"ticket_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_messages_author_id_fkey"
      columns: ["author_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_messages_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_messages_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_promises": {
                  Row: {
                    "breached_at": string | null,"calendar_id": string | null,"cycle": number,"due_at": string | null,"end_cause": string | null,"ended_at": string | null,"first_warning_seconds": number | null,"id": string,"kind": string,"last_warning_seconds": number | null,"met_at": string | null,"next_notice_at": string | null,"promised_by": string | null,"started_at": string,"state": string,"target_seconds": number,"ticket_id": string,"tier": string,"wording": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "breached_at"?: string | null,"calendar_id"?: string | null,"cycle": number,"due_at"?: string | null,"end_cause"?: string | null,"ended_at"?: string | null,"first_warning_seconds"?: number | null,"id"?: string,"kind": string,"last_warning_seconds"?: number | null,"met_at"?: string | null,"next_notice_at"?: string | null,"promised_by"?: string | null,"started_at": string,"state": string,"target_seconds": number,"ticket_id": string,"tier": string,"wording"?: string | null
                  }
                  Update: {
                    "breached_at"?: string | null,"calendar_id"?: string | null,"cycle"?: number,"due_at"?: string | null,"end_cause"?: string | null,"ended_at"?: string | null,"first_warning_seconds"?: number | null,"id"?: string,"kind"?: string,"last_warning_seconds"?: number | null,"met_at"?: string | null,"next_notice_at"?: string | null,"promised_by"?: string | null,"started_at"?: string,"state"?: string,"target_seconds"?: number,"ticket_id"?: string,"tier"?: string,"wording"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_promises_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_promises_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_promises_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"vip_client_profiles": {
                  Row: {
                    "client_id": string,"created_at": string,"custom_services": (string)[],"dedicated_agent_id": string | null,"deputy_agent_id": string | null,"exclusive_access": (string)[],"id": string,"opportunity_score": number | null,"preferences": NonNullable<Json>,"relationship_manager_id": string | null,"risk_status": string,"tier": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"created_at"?: string,"custom_services"?: (string)[],"dedicated_agent_id"?: string | null,"deputy_agent_id"?: string | null,"exclusive_access"?: (string)[],"id"?: string,"opportunity_score"?: number | null,"preferences"?: NonNullable<Json>,"relationship_manager_id"?: string | null,"risk_status"?: string,"tier": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "client_id"?: string,"created_at"?: string,"custom_services"?: (string)[],"dedicated_agent_id"?: string | null,"deputy_agent_id"?: string | null,"exclusive_access"?: (string)[],"id"?: string,"opportunity_score"?: number | null,"preferences"?: NonNullable<Json>,"relationship_manager_id"?: string | null,"risk_status"?: string,"tier"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_client_profiles_dedicated_agent_id_fkey"
      columns: ["dedicated_agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "vip_client_profiles_deputy_agent_id_fkey"
      columns: ["deputy_agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "vip_client_profiles_relationship_manager_id_fkey"
      columns: ["relationship_manager_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "vip_client_profiles_tier_is_the_clients"
      columns: ["client_id","tier"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id","tier"]
    }
                  ]
                },"vip_profile_changes": {
                  Row: {
                    "changed_at": string,"changed_by": string | null,"client_id": string,"field": string,"id": number,"new_value": string | null,"old_value": string | null,"reason": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_at"?: string,"changed_by"?: string | null,"client_id": string,"field": string,"id"?: never,"new_value"?: string | null,"old_value"?: string | null,"reason"?: string | null
                  }
                  Update: {
                    "changed_at"?: string,"changed_by"?: string | null,"client_id"?: string,"field"?: string,"id"?: never,"new_value"?: string | null,"old_value"?: string | null,"reason"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_profile_changes_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"wait_budgets": {
                  Row: {
                    "created_at": string,"is_live": boolean,"stage": string,"tier": string,"updated_at": string,"wait_seconds": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"is_live": boolean,"stage": string,"tier": string,"updated_at"?: string,"wait_seconds": number
                  }
                  Update: {
                    "created_at"?: string,"is_live"?: boolean,"stage"?: string,"tier"?: string,"updated_at"?: string,"wait_seconds"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "wait_budgets_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"webhooks": {
                  Row: {
                    "created_at": string,"disabled_at": string | null,"disabled_reason": string | null,"events": (string)[],"failing_at": string | null,"id": string,"is_active": boolean,"name": string,"updated_at": string,"url": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"disabled_at"?: string | null,"disabled_reason"?: string | null,"events": (string)[],"failing_at"?: string | null,"id"?: string,"is_active"?: boolean,"name": string,"updated_at"?: string,"url": string,"version"?: number
                  }
                  Update: {
                    "created_at"?: string,"disabled_at"?: string | null,"disabled_reason"?: string | null,"events"?: (string)[],"failing_at"?: string | null,"id"?: string,"is_active"?: boolean,"name"?: string,"updated_at"?: string,"url"?: string,"version"?: number
                  }
                  Relationships: [
                    
                  ]
                },"white_glove_collisions": {
                  Row: {
                    "agent_id": string,"noticed_at": string,"other_service_id": string,"service_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id": string,"noticed_at"?: string,"other_service_id": string,"service_id": string
                  }
                  Update: {
                    "agent_id"?: string,"noticed_at"?: string,"other_service_id"?: string,"service_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "white_glove_collisions_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "white_glove_collisions_other_service_id_fkey"
      columns: ["other_service_id"]
isOneToOne: false
      referencedRelation: "white_glove_services"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "white_glove_collisions_service_id_fkey"
      columns: ["service_id"]
isOneToOne: false
      referencedRelation: "white_glove_services"
      referencedColumns: ["id"]
    }
                  ]
                },"white_glove_history": {
                  Row: {
                    "changed_at": string,"changed_by": string | null,"from_state": string | null,"id": number,"reason": string | null,"request_id": string | null,"service_id": string,"step_id": string | null,"to_state": string
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_at"?: string,"changed_by"?: string | null,"from_state"?: string | null,"id"?: never,"reason"?: string | null,"request_id"?: string | null,"service_id": string,"step_id"?: string | null,"to_state": string
                  }
                  Update: {
                    "changed_at"?: string,"changed_by"?: string | null,"from_state"?: string | null,"id"?: never,"reason"?: string | null,"request_id"?: string | null,"service_id"?: string,"step_id"?: string | null,"to_state"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "white_glove_history_request_id_fkey"
      columns: ["request_id"]
isOneToOne: false
      referencedRelation: "partner_requests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "white_glove_history_service_id_fkey"
      columns: ["service_id"]
isOneToOne: false
      referencedRelation: "white_glove_services"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "white_glove_history_step_id_fkey"
      columns: ["step_id"]
isOneToOne: false
      referencedRelation: "white_glove_steps"
      referencedColumns: ["id"]
    }
                  ]
                },"white_glove_services": {
                  Row: {
                    "assigned_agent_id": string | null,"client_id": string,"closed_at": string | null,"created_at": string,"customizations": NonNullable<Json>,"desk_id": string,"ends_at": string | null,"id": string,"notifications": NonNullable<Json>,"playbook_version": number,"priority": string,"progress": NonNullable<Json>,"requested_by": string | null,"scheduled_at": string | null,"service_type": string,"status": string,"tier": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "assigned_agent_id"?: string | null,"client_id": string,"closed_at"?: string | null,"created_at"?: string,"customizations"?: NonNullable<Json>,"desk_id": string,"ends_at"?: string | null,"id"?: string,"notifications"?: NonNullable<Json>,"playbook_version": number,"priority": string,"progress"?: NonNullable<Json>,"requested_by"?: string | null,"scheduled_at"?: string | null,"service_type": string,"status"?: string,"tier": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "assigned_agent_id"?: string | null,"client_id"?: string,"closed_at"?: string | null,"created_at"?: string,"customizations"?: NonNullable<Json>,"desk_id"?: string,"ends_at"?: string | null,"id"?: string,"notifications"?: NonNullable<Json>,"playbook_version"?: number,"priority"?: string,"progress"?: NonNullable<Json>,"requested_by"?: string | null,"scheduled_at"?: string | null,"service_type"?: string,"status"?: string,"tier"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "white_glove_services_assigned_agent_id_fkey"
      columns: ["assigned_agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "white_glove_services_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "vip_client_profiles"
      referencedColumns: ["client_id"]
    },{
      foreignKeyName: "white_glove_services_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "white_glove_services_follow_a_playbook"
      columns: ["service_type","playbook_version"]
isOneToOne: false
      referencedRelation: "playbooks"
      referencedColumns: ["service_type","playbook_version"]
    },{
      foreignKeyName: "white_glove_services_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"white_glove_steps": {
                  Row: {
                    "attempt": number,"compensated_at": string | null,"due_at": string | null,"executed_at": string | null,"executed_rank": number | null,"id": string,"is_client_visible": boolean,"overdue_level": number,"owner_id": string | null,"playbook_version": number,"position": number,"result": string | null,"service_id": string,"service_type": string,"state": string,"step_key": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt"?: number,"compensated_at"?: string | null,"due_at"?: string | null,"executed_at"?: string | null,"executed_rank"?: number | null,"id"?: string,"is_client_visible"?: boolean,"overdue_level"?: number,"owner_id"?: string | null,"playbook_version": number,"position": number,"result"?: string | null,"service_id": string,"service_type": string,"state"?: string,"step_key": string,"updated_at"?: string
                  }
                  Update: {
                    "attempt"?: number,"compensated_at"?: string | null,"due_at"?: string | null,"executed_at"?: string | null,"executed_rank"?: number | null,"id"?: string,"is_client_visible"?: boolean,"overdue_level"?: number,"owner_id"?: string | null,"playbook_version"?: number,"position"?: number,"result"?: string | null,"service_id"?: string,"service_type"?: string,"state"?: string,"step_key"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "white_glove_steps_are_of_the_playbook"
      columns: ["service_type","playbook_version","step_key"]
isOneToOne: false
      referencedRelation: "playbook_steps"
      referencedColumns: ["service_type","playbook_version","step_key"]
    },{
      foreignKeyName: "white_glove_steps_belong_to_a_service"
      columns: ["service_id","service_type","playbook_version"]
isOneToOne: false
      referencedRelation: "white_glove_services"
      referencedColumns: ["id","service_type","playbook_version"]
    },{
      foreignKeyName: "white_glove_steps_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"workflow_dry_runs": {
                  Row: {
                    "actions": NonNullable<Json>,"completed_at": string | null,"conditions": NonNullable<Json>,"created_at": string,"desk_id": string | null,"event_kind": string,"id": string,"most": number,"policy_version": string | null,"requested_by": string,"result": Json | null,"since_at": string,"status": string,"until_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actions": NonNullable<Json>,"completed_at"?: string | null,"conditions": NonNullable<Json>,"created_at"?: string,"desk_id"?: string | null,"event_kind": string,"id"?: string,"most": number,"policy_version"?: string | null,"requested_by": string,"result"?: Json | null,"since_at": string,"status"?: string,"until_at": string,"updated_at"?: string
                  }
                  Update: {
                    "actions"?: NonNullable<Json>,"completed_at"?: string | null,"conditions"?: NonNullable<Json>,"created_at"?: string,"desk_id"?: string | null,"event_kind"?: string,"id"?: string,"most"?: number,"policy_version"?: string | null,"requested_by"?: string,"result"?: Json | null,"since_at"?: string,"status"?: string,"until_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_dry_runs_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "workflow_dry_runs_event_kind_fkey"
      columns: ["event_kind"]
isOneToOne: false
      referencedRelation: "workflow_events"
      referencedColumns: ["event_kind"]
    },{
      foreignKeyName: "workflow_dry_runs_requested_by_fkey"
      columns: ["requested_by"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"workflow_events": {
                  Row: {
                    "event_kind": string,"label": string,"subject": string
                  }
                  ComputedFields: never
                  Insert: {
                    "event_kind": string,"label": string,"subject": string
                  }
                  Update: {
                    "event_kind"?: string,"label"?: string,"subject"?: string
                  }
                  Relationships: [
                    
                  ]
                },"workflow_fields": {
                  Row: {
                    "field": string,"kind": string,"label": string
                  }
                  ComputedFields: never
                  Insert: {
                    "field": string,"kind": string,"label": string
                  }
                  Update: {
                    "field"?: string,"kind"?: string,"label"?: string
                  }
                  Relationships: [
                    
                  ]
                },"workflow_runs": {
                  Row: {
                    "chain_id": number,"desk_id": string,"details": NonNullable<Json>,"event_id": number,"event_kind": string,"id": number,"policy_version": string,"ran_at": string,"reason": string,"status": string,"subject_id": string,"ticket_id": string | null,"workflow_id": string,"workflow_version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "chain_id": number,"desk_id": string,"details"?: NonNullable<Json>,"event_id": number,"event_kind": string,"id"?: never,"policy_version": string,"ran_at"?: string,"reason": string,"status": string,"subject_id": string,"ticket_id"?: string | null,"workflow_id": string,"workflow_version": number
                  }
                  Update: {
                    "chain_id"?: number,"desk_id"?: string,"details"?: NonNullable<Json>,"event_id"?: number,"event_kind"?: string,"id"?: never,"policy_version"?: string,"ran_at"?: string,"reason"?: string,"status"?: string,"subject_id"?: string,"ticket_id"?: string | null,"workflow_id"?: string,"workflow_version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_runs_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "workflow_runs_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "workflow_runs_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"workflows": {
                  Row: {
                    "actions": NonNullable<Json>,"conditions": NonNullable<Json>,"created_at": string,"created_by": string | null,"desk_id": string | null,"event_kind": string,"id": string,"is_active": boolean,"rank": number,"title": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "actions": NonNullable<Json>,"conditions"?: NonNullable<Json>,"created_at"?: string,"created_by"?: string | null,"desk_id"?: string | null,"event_kind": string,"id"?: string,"is_active"?: boolean,"rank"?: number,"title": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "actions"?: NonNullable<Json>,"conditions"?: NonNullable<Json>,"created_at"?: string,"created_by"?: string | null,"desk_id"?: string | null,"event_kind"?: string,"id"?: string,"is_active"?: boolean,"rank"?: number,"title"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflows_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "workflows_event_kind_fkey"
      columns: ["event_kind"]
isOneToOne: false
      referencedRelation: "workflow_events"
      referencedColumns: ["event_kind"]
    }
                  ]
                }
          }
          Views: {
            "current_promise_targets": {
                  Row: {
                    "calendar_id": string,"first_warning_share": number,"is_live": boolean,"kind": string,"last_warning_share": number,"priority": string | null,"target_id": number,"target_seconds": number | null,"tier": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "promise_targets_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "promise_targets_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"my_tickets": {
                  Row: {
                    "category": string,"channel": string,"closed_at": string | null,"cycle": number,"first_responded_at": string | null,"first_response_due_at": string,"id": string,"language": string,"last_message_at": string,"merged_into_id": string | null,"number": number,"opened_at": string,"priority": string,"resolution": string | null,"resolved_at": string | null,"status": string,"subject": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                           "category"?: string | null,"channel"?: string | null,"closed_at"?: string | null,"cycle"?: number | null,"first_responded_at"?: string | null,"first_response_due_at"?: string | null,"id"?: string | null,"language"?: string | null,"last_message_at"?: string | null,"merged_into_id"?: string | null,"number"?: number | null,"opened_at"?: string | null,"priority"?: string | null,"resolution"?: string | null,"resolved_at"?: string | null,"status"?: string | null,"subject"?: string | null,"updated_at"?: string | null,"version"?: number | null
                         }
                        Update: {
                           "category"?: string | null,"channel"?: string | null,"closed_at"?: string | null,"cycle"?: number | null,"first_responded_at"?: string | null,"first_response_due_at"?: string | null,"id"?: string | null,"language"?: string | null,"last_message_at"?: string | null,"merged_into_id"?: string | null,"number"?: number | null,"opened_at"?: string | null,"priority"?: string | null,"resolution"?: string | null,"resolved_at"?: string | null,"status"?: string | null,"subject"?: string | null,"updated_at"?: string | null,"version"?: number | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "support_tickets_category_fkey"
      columns: ["category"]
isOneToOne: false
      referencedRelation: "ticket_categories"
      referencedColumns: ["category"]
    },{
      foreignKeyName: "support_tickets_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    }
                  ]
                },"ticket_cycle_history": {
                  Row: {
                    "assigned_at": string | null,"assignee_id": string | null,"began_at": string | null,"channel": string | null,"closed_at": string | null,"cycle": number | null,"ended_at": string | null,"first_responded_at": string | null,"first_response_due_at": string | null,"resolution": string | null,"resolved_at": string | null,"ticket_id": string | null,"tier": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "accept_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"acknowledge_alert":
{ Args: { "p_alert_id": string }; Returns: Json
                           },
"activate_white_glove_service":
{ Args: { "p_client_id": string,"p_customizations"?: Json,"p_idempotency_key"?: string,"p_scheduled_at"?: string,"p_service_type": string }; Returns: Json
                           },
"add_client_identity":
{ Args: { "p_client_id": string,"p_is_verified": boolean,"p_kind": string,"p_reason": string,"p_value": string }; Returns: Json
                           },
"add_follower":
{ Args: { "p_staff_id": string,"p_ticket_id": string }; Returns: Json
                           },
"add_ticket_note":
{ Args: { "p_body": string,"p_mentions"?: (string)[],"p_ticket_id": string }; Returns: Json
                           },
"answer_partner_request":
{ Args: { "p_is_accepted": boolean,"p_note"?: string,"p_request_id": string }; Returns: Json
                           },
"apply_macro":
{ Args: { "p_idempotency_key"?: string,"p_macro_id": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"assign_ticket":
{ Args: { "p_agent_id": string,"p_force"?: boolean,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"bulk_update_tickets":
{ Args: { "p_action": string,"p_arguments"?: Json,"p_items": Json }; Returns: Json
                           },
"cancel_absence":
{ Args: { "p_absence_id": string }; Returns: Json
                           },
"cancel_white_glove_service":
{ Args: { "p_reason": string,"p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"close_ticket":
{ Args: { "p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"complete_white_glove_step":
{ Args: { "p_note"?: string,"p_step_id": string,"p_version"?: number }; Returns: Json
                           },
"confirm_identity":
{ Args: { "p_check_id": string,"p_client_id": string,"p_reason": string }; Returns: Json
                           },
"confirm_white_glove_service":
{ Args: { "p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"count_view_tickets":
{ Args: { "p_view_ids"?: (string)[] }; Returns: Json
                           },
"create_desk":
{ Args: { "p_name": string,"p_overflow_desk_id"?: string,"p_reason"?: string }; Returns: Json
                           },
"create_performance_alert":
{ Args: { "p_rule": Json }; Returns: Json
                           },
"create_webhook":
{ Args: { "p_events": (string)[],"p_name": string,"p_url": string }; Returns: Json
                           },
"decline_ticket":
{ Args: { "p_reason"?: string,"p_ticket_id": string }; Returns: Json
                           },
"decline_white_glove_service":
{ Args: { "p_reason": string,"p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"delete_calendar":
{ Args: { "p_calendar_id": string,"p_reason"?: string }; Returns: Json
                           },
"delete_calendar_exception":
{ Args: { "p_calendar_id": string,"p_falls_on": string,"p_reason"?: string }; Returns: Json
                           },
"delete_macro":
{ Args: { "p_macro_id": string,"p_version": number }; Returns: Json
                           },
"delete_promise_target":
{ Args: { "p_is_live": boolean,"p_kind": string,"p_priority": string,"p_reason"?: string,"p_tier": string }; Returns: Json
                           },
"delete_view":
{ Args: { "p_version": number,"p_view_id": string }; Returns: Json
                           },
"delete_workflow":
{ Args: { "p_version": number,"p_workflow_id": string }; Returns: Json
                           },
"discard_draft":
{ Args: { "p_is_internal"?: boolean,"p_ticket_id": string }; Returns: Json
                           },
"fail_white_glove_step":
{ Args: { "p_reason": string,"p_step_id": string,"p_version"?: number }; Returns: Json
                           },
"find_clients":
{ Args: { "p_query": string }; Returns: Json
                           },
"follow_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_alerts":
{ Args: { "p_limit"?: number,"p_state"?: string }; Returns: Json
                           },
"get_client_contacts":
{ Args: { "p_client_id": string }; Returns: Json
                           },
"get_configuration_history":
{ Args: { "p_limit"?: number,"p_row_key"?: string,"p_table_name": string }; Returns: Json
                           },
"get_desk_fairness":
{ Args: { "p_desk_id"?: string,"p_week_on"?: string }; Returns: Json
                           },
"get_desk_queue":
{ Args: { "p_limit"?: number }; Returns: Json
                           },
"get_identity_checks":
{ Args: { "p_limit"?: number }; Returns: Json
                           },
"get_opening_hours":
{ Args: { "p_calendar_id": string,"p_from": string,"p_to": string }; Returns: Json
                           },
"get_promises":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_routing_summary":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_view_tickets":
{ Args: { "p_after"?: string,"p_limit"?: number,"p_view_id": string }; Returns: Json
                           },
"get_wallboard":
{ Args: { "p_desk_id"?: string }; Returns: Json
                           },
"get_webhook_deliveries":
{ Args: { "p_limit"?: number,"p_state"?: string,"p_webhook_id"?: string }; Returns: Json
                           },
"get_white_glove_service":
{ Args: { "p_service_id": string }; Returns: Json
                           },
"give_consent":
{ Args: { "p_channel": string,"p_client_id": string,"p_proof"?: string,"p_purpose": string,"p_wording_version": string }; Returns: Json
                           },
"keep_presence":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"link_tickets":
{ Args: { "p_kind"?: string,"p_other_ticket_id": string,"p_ticket_id": string }; Returns: Json
                           },
"make_promise":
{ Args: { "p_due_at": string,"p_text": string,"p_ticket_id": string }; Returns: Json
                           },
"mark_notifications_read":
{ Args: { "p_notification_ids"?: (number)[] }; Returns: Json
                           },
"merge_clients":
{ Args: { "p_kept_client_id": string,"p_merged_client_id": string,"p_reason": string }; Returns: Json
                           },
"merge_tickets":
{ Args: { "p_into_ticket_id": string,"p_reason": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"open_ticket":
{ Args: { "p_body": string,"p_category"?: string,"p_channel": string,"p_client_id"?: string,"p_idempotency_key"?: string,"p_language"?: string,"p_subject": string }; Returns: Json
                           },
"preview_macro":
{ Args: { "p_macro_id": string,"p_ticket_id": string }; Returns: Json
                           },
"receive_message":
{ Args: { "p_address": string,"p_body": string,"p_channel": string,"p_display_name"?: string,"p_external_id"?: string,"p_language"?: string,"p_subject"?: string,"p_ticket_number"?: number }; Returns: Json
                           },
"reject_identity":
{ Args: { "p_check_id": string,"p_reason"?: string }; Returns: Json
                           },
"remove_client_identity":
{ Args: { "p_identity_id": string,"p_reason": string }; Returns: Json
                           },
"reopen_ticket":
{ Args: { "p_reason": string,"p_ticket_id": string }; Returns: Json
                           },
"replay_webhook_delivery":
{ Args: { "p_delivery_id": string }; Returns: Json
                           },
"reply_to_ticket":
{ Args: { "p_body": string,"p_idempotency_key"?: string,"p_seen_message_id"?: string,"p_ticket_id": string }; Returns: Json
                           },
"request_ticket_routing":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"request_workflow_dry_run":
{ Args: { "p_limit"?: number,"p_range"?: string,"p_workflow"?: Json,"p_workflow_id"?: string }; Returns: Json
                           },
"resolve_ticket":
{ Args: { "p_resolution": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"resume_white_glove_service":
{ Args: { "p_reason": string,"p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"revoke_staff_role":
{ Args: { "p_reason"?: string,"p_staff_id": string }; Returns: Json
                           },
"rotate_webhook_secret":
{ Args: { "p_webhook_id": string }; Returns: Json
                           },
"save_calendar":
{ Args: { "p_calendar": Json,"p_reason"?: string }; Returns: Json
                           },
"save_draft":
{ Args: { "p_body": string,"p_is_internal"?: boolean,"p_ticket_id": string }; Returns: Json
                           },
"save_macro":
{ Args: { "p_actions"?: Json,"p_body"?: string,"p_desk_id"?: string,"p_is_active"?: boolean,"p_language"?: string,"p_macro_id"?: string,"p_scope"?: string,"p_title": string,"p_version"?: number }; Returns: Json
                           },
"save_partner":
{ Args: { "p_is_active"?: boolean,"p_kind": string,"p_name": string,"p_partner_id"?: string,"p_rank"?: number,"p_reason"?: string }; Returns: Json
                           },
"save_view":
{ Args: { "p_desk_id"?: string,"p_filter": Json,"p_scope"?: string,"p_sort"?: string,"p_title": string,"p_version"?: number,"p_view_id"?: string }; Returns: Json
                           },
"save_workflow":
{ Args: { "p_actions": Json,"p_conditions": Json,"p_desk_id"?: string,"p_event_kind": string,"p_is_active"?: boolean,"p_rank"?: number,"p_title": string,"p_version"?: number,"p_workflow_id"?: string }; Returns: Json
                           },
"search_tickets":
{ Args: { "p_after"?: string,"p_limit"?: number,"p_query": string }; Returns: Json
                           },
"set_absence":
{ Args: { "p_ends_at": string,"p_kind"?: string,"p_note"?: string,"p_staff_id"?: string,"p_starts_at": string }; Returns: Json
                           },
"set_ai_setting":
{ Args: { "p_changes": Json,"p_reason"?: string,"p_setting": string }; Returns: Json
                           },
"set_calendar_exception":
{ Args: { "p_calendar_id": string,"p_falls_on": string,"p_hours"?: Json,"p_label": string,"p_reason"?: string }; Returns: Json
                           },
"set_channel_load":
{ Args: { "p_channel": string,"p_load_units": number,"p_reason"?: string }; Returns: Json
                           },
"set_client_delegate":
{ Args: { "p_client_id": string,"p_contact_kind"?: string,"p_contact_value"?: string,"p_delegate_client_id"?: string,"p_ends_at"?: string,"p_is_authorised"?: boolean,"p_kind": string,"p_label"?: string,"p_reason": string }; Returns: Json
                           },
"set_client_desk":
{ Args: { "p_client_id": string,"p_desk_id": string,"p_reason": string }; Returns: Json
                           },
"set_client_team":
{ Args: { "p_client_id": string,"p_dedicated_agent_id": string,"p_deputy_agent_id": string,"p_reason": string,"p_relationship_manager_id": string }; Returns: Json
                           },
"set_client_tier":
{ Args: { "p_client_id": string,"p_reason": string,"p_tier": string }; Returns: Json
                           },
"set_dedicated_agent":
{ Args: { "p_agent_id": string,"p_client_id": string,"p_reason": string }; Returns: Json
                           },
"set_desk":
{ Args: { "p_desk_id": string,"p_name": string,"p_overflow_desk_id"?: string,"p_reason"?: string }; Returns: Json
                           },
"set_fairness_limit":
{ Args: { "p_clear_below"?: number,"p_desk_id"?: string,"p_kind": string,"p_min_agents"?: number,"p_min_assignments"?: number,"p_raise_above"?: number,"p_reason"?: string }; Returns: Json
                           },
"set_feature_flag":
{ Args: { "p_flag": string,"p_is_enabled": boolean,"p_reason"?: string }; Returns: Json
                           },
"set_presence":
{ Args: { "p_state": string }; Returns: Json
                           },
"set_presence_setting":
{ Args: { "p_reason"?: string,"p_setting": string,"p_value": number }; Returns: Json
                           },
"set_promise_target":
{ Args: { "p_calendar_id"?: string,"p_first_warning_share"?: number,"p_is_live": boolean,"p_kind": string,"p_last_warning_share"?: number,"p_priority"?: string,"p_reason"?: string,"p_target_seconds"?: number,"p_tier": string }; Returns: Json
                           },
"set_routing_phrase":
{ Args: { "p_code": string,"p_language": string,"p_reason"?: string,"p_text": string }; Returns: Json
                           },
"set_service_level":
{ Args: { "p_async_response_seconds"?: number,"p_boost"?: number,"p_has_dedicated_agent"?: boolean,"p_has_white_glove"?: boolean,"p_is_preemptive"?: boolean,"p_is_priority"?: boolean,"p_offer_seconds"?: number,"p_reason"?: string,"p_response_seconds"?: number,"p_silence_share"?: number,"p_tier": string }; Returns: Json
                           },
"set_skill_relaxation":
{ Args: { "p_async_seconds": number,"p_live_seconds": number,"p_reason"?: string,"p_skill": string }; Returns: Json
                           },
"set_staff_role":
{ Args: { "p_capacity_units"?: number,"p_desk_id"?: string,"p_reason"?: string,"p_role": string,"p_staff_id": string }; Returns: Json
                           },
"set_staff_skills":
{ Args: { "p_reason"?: string,"p_skills": Json,"p_staff_id": string }; Returns: Json
                           },
"set_ticket_details":
{ Args: { "p_category"?: string,"p_language"?: string,"p_priority"?: string,"p_subject"?: string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"set_ticket_status":
{ Args: { "p_status": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"set_wait_budget":
{ Args: { "p_is_live": boolean,"p_reason"?: string,"p_stage": string,"p_tier": string,"p_wait_seconds": number }; Returns: Json
                           },
"set_workflow_active":
{ Args: { "p_is_active": boolean,"p_version": number,"p_workflow_id": string }; Returns: Json
                           },
"silence_alert":
{ Args: { "p_alert_id": string,"p_reason": string,"p_until": string }; Returns: Json
                           },
"snooze_ticket":
{ Args: { "p_ticket_id": string,"p_until"?: string,"p_version"?: number }; Returns: Json
                           },
"start_white_glove_step":
{ Args: { "p_step_id": string,"p_version"?: number }; Returns: Json
                           },
"take_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"trigger_white_glove_service":
{ Args: { "p_client_id": string,"p_customizations"?: Json,"p_idempotency_key"?: string,"p_scheduled_at"?: string,"p_service_type": string }; Returns: Json
                           },
"unassign_ticket":
{ Args: { "p_reason"?: string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"undo_client_merge":
{ Args: { "p_merge_id": string,"p_reason": string }; Returns: Json
                           },
"undo_ticket_merge":
{ Args: { "p_reason": string,"p_ticket_id": string }; Returns: Json
                           },
"unfollow_ticket":
{ Args: { "p_staff_id"?: string,"p_ticket_id": string }; Returns: Json
                           },
"unlink_tickets":
{ Args: { "p_other_ticket_id": string,"p_ticket_id": string }; Returns: Json
                           },
"unsnooze_ticket":
{ Args: { "p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"update_performance_alert":
{ Args: { "p_changes": Json,"p_rule_id": string,"p_version"?: number }; Returns: Json
                           },
"update_webhook":
{ Args: { "p_events"?: (string)[],"p_is_active"?: boolean,"p_name"?: string,"p_url"?: string,"p_version"?: number,"p_webhook_id": string }; Returns: Json
                           },
"withdraw_consent":
{ Args: { "p_channel"?: string,"p_client_id": string,"p_purpose": string }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        }
} as const
