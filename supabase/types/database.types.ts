export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "ai_model_trials": {
                  Row: {
                    "auc": number | null,"base_brier": number,"basis": string,"bound": number | null,"brier": number,"calibration_error": number | null,"candidate": string,"challenged": string,"gain": number | null,"id": number,"learnt_window": string,"model_id": string,"outcome_count": number,"tried_at": string,"verdict": string
                  }
                  ComputedFields: never
                  Insert: {
                    "auc"?: number | null,"base_brier": number,"basis"?: string,"bound"?: number | null,"brier": number,"calibration_error"?: number | null,"candidate": string,"challenged": string,"gain"?: number | null,"id"?: never,"learnt_window": string,"model_id": string,"outcome_count": number,"tried_at"?: string,"verdict": string
                  }
                  Update: {
                    "auc"?: number | null,"base_brier"?: number,"basis"?: string,"bound"?: number | null,"brier"?: number,"calibration_error"?: number | null,"candidate"?: string,"challenged"?: string,"gain"?: number | null,"id"?: never,"learnt_window"?: string,"model_id"?: string,"outcome_count"?: number,"tried_at"?: string,"verdict"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ai_model_trials_model_id_fkey"
      columns: ["model_id"]
isOneToOne: false
      referencedRelation: "ai_models"
      referencedColumns: ["id"]
    }
                  ]
                },"ai_models": {
                  Row: {
                    "client_count": number,"confirmed_at": string,"created_at": string,"document": Json | null,"feature_version": number,"horizon_days": number,"id": string,"judged_count": number,"learnt_count": number,"learnt_window": string,"metrics": NonNullable<Json>,"policy_version": string,"prediction_type": string,"rung": string,"sha256": string | null,"status": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "client_count": number,"confirmed_at"?: string,"created_at"?: string,"document"?: Json | null,"feature_version": number,"horizon_days": number,"id"?: string,"judged_count": number,"learnt_count": number,"learnt_window"?: string,"metrics"?: NonNullable<Json>,"policy_version": string,"prediction_type": string,"rung": string,"sha256"?: string | null,"status"?: string,"updated_at"?: string,"version": number
                  }
                  Update: {
                    "client_count"?: number,"confirmed_at"?: string,"created_at"?: string,"document"?: Json | null,"feature_version"?: number,"horizon_days"?: number,"id"?: string,"judged_count"?: number,"learnt_count"?: number,"learnt_window"?: string,"metrics"?: NonNullable<Json>,"policy_version"?: string,"prediction_type"?: string,"rung"?: string,"sha256"?: string | null,"status"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    
                  ]
                },"ai_predictions": {
                  Row: {
                    "client_id": string,"confidence": number | null,"created_at": string,"evidence": string,"id": string,"is_alert": boolean,"method": string,"model_id": string,"observed_at": string,"prediction": NonNullable<Json>,"prediction_type": string,"status": string,"subject_id": string | null,"timeframe": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"confidence"?: number | null,"created_at"?: string,"evidence": string,"id"?: string,"is_alert"?: boolean,"method": string,"model_id": string,"observed_at": string,"prediction": NonNullable<Json>,"prediction_type": string,"status"?: string,"subject_id"?: string | null,"timeframe": string,"updated_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"confidence"?: number | null,"created_at"?: string,"evidence"?: string,"id"?: string,"is_alert"?: boolean,"method"?: string,"model_id"?: string,"observed_at"?: string,"prediction"?: NonNullable<Json>,"prediction_type"?: string,"status"?: string,"subject_id"?: string | null,"timeframe"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ai_predictions_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ai_predictions_model_id_fkey"
      columns: ["model_id"]
isOneToOne: false
      referencedRelation: "ai_models"
      referencedColumns: ["id"]
    }
                  ]
                },"ai_settings": {
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
                },"attribution_models": {
                  Row: {
                    "created_at": string,"description": string,"label": string,"metric": string,"model": string,"split": string,"updated_at": string,"version": number,"window_days": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"description": string,"label": string,"metric": string,"model": string,"split": string,"updated_at"?: string,"version"?: number,"window_days"?: number | null
                  }
                  Update: {
                    "created_at"?: string,"description"?: string,"label"?: string,"metric"?: string,"model"?: string,"split"?: string,"updated_at"?: string,"version"?: number,"window_days"?: number | null
                  }
                  Relationships: [
                    
                  ]
                },"book_handover_items": {
                  Row: {
                    "client_id": string,"handover_id": string,"id": number,"is_undone": boolean,"kind": string,"outcome": string,"row_id": string,"to_staff_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"handover_id": string,"id"?: never,"is_undone"?: boolean,"kind": string,"outcome": string,"row_id": string,"to_staff_id"?: string | null
                  }
                  Update: {
                    "client_id"?: string,"handover_id"?: string,"id"?: never,"is_undone"?: boolean,"kind"?: string,"outcome"?: string,"row_id"?: string,"to_staff_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "book_handover_items_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "book_handover_items_handover_id_fkey"
      columns: ["handover_id"]
isOneToOne: false
      referencedRelation: "book_handovers"
      referencedColumns: ["id"]
    }
                  ]
                },"book_handovers": {
                  Row: {
                    "created_at": string,"desk_id": string,"done_at": string | null,"effective_at": string,"from_staff_id": string,"id": string,"is_moving_tickets": boolean,"pool_ids": (string)[] | null,"reason": string,"requested_by": string | null,"roles": (string)[],"state": string,"to_staff_id": string | null,"undo_until": string | null,"undone_at": string | null,"undone_by": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"desk_id": string,"done_at"?: string | null,"effective_at": string,"from_staff_id": string,"id"?: string,"is_moving_tickets": boolean,"pool_ids"?: (string)[] | null,"reason": string,"requested_by"?: string | null,"roles": (string)[],"state"?: string,"to_staff_id"?: string | null,"undo_until"?: string | null,"undone_at"?: string | null,"undone_by"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"desk_id"?: string,"done_at"?: string | null,"effective_at"?: string,"from_staff_id"?: string,"id"?: string,"is_moving_tickets"?: boolean,"pool_ids"?: (string)[] | null,"reason"?: string,"requested_by"?: string | null,"roles"?: (string)[],"state"?: string,"to_staff_id"?: string | null,"undo_until"?: string | null,"undone_at"?: string | null,"undone_by"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "book_handovers_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "book_handovers_from_staff_id_fkey"
      columns: ["from_staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "book_handovers_to_staff_id_fkey"
      columns: ["to_staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"brand_assets": {
                  Row: {
                    "created_at": string,"ends_on": string | null,"id": string,"key": string,"kind": string,"locale": string | null,"path": string,"saved_by": string | null,"starts_on": string,"state": string,"updated_at": string,"usage": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"ends_on"?: string | null,"id"?: string,"key": string,"kind": string,"locale"?: string | null,"path": string,"saved_by"?: string | null,"starts_on": string,"state"?: string,"updated_at"?: string,"usage": string,"version": number
                  }
                  Update: {
                    "created_at"?: string,"ends_on"?: string | null,"id"?: string,"key"?: string,"kind"?: string,"locale"?: string | null,"path"?: string,"saved_by"?: string | null,"starts_on"?: string,"state"?: string,"updated_at"?: string,"usage"?: string,"version"?: number
                  }
                  Relationships: [
                    
                  ]
                },"brand_checks": {
                  Row: {
                    "agent_id": string,"channel": string,"checked_at": string,"findings": NonNullable<Json>,"guidelines_version": number,"is_in_quality_sample": boolean,"language": string,"message_id": string,"override_reason": string | null,"parts": NonNullable<Json>,"score": number,"ticket_id": string,"tier": string,"verdict": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id": string,"channel": string,"checked_at"?: string,"findings": NonNullable<Json>,"guidelines_version": number,"is_in_quality_sample"?: never,"language": string,"message_id": string,"override_reason"?: string | null,"parts": NonNullable<Json>,"score": number,"ticket_id": string,"tier": string,"verdict": string
                  }
                  Update: {
                    "agent_id"?: string,"channel"?: string,"checked_at"?: string,"findings"?: NonNullable<Json>,"guidelines_version"?: number,"is_in_quality_sample"?: never,"language"?: string,"message_id"?: string,"override_reason"?: string | null,"parts"?: NonNullable<Json>,"score"?: number,"ticket_id"?: string,"tier"?: string,"verdict"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "brand_checks_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "brand_checks_guidelines_version_fkey"
      columns: ["guidelines_version"]
isOneToOne: false
      referencedRelation: "brand_versions"
      referencedColumns: ["version"]
    },{
      foreignKeyName: "brand_checks_message_id_fkey"
      columns: ["message_id"]
isOneToOne: true
      referencedRelation: "ticket_messages"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "brand_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "brand_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "brand_checks_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"brand_guidelines": {
                  Row: {
                    "block_below": number | null,"channel": string | null,"gate": string | null,"id": number,"is_closing_required": boolean | null,"is_contraction_allowed": boolean | null,"is_formal": boolean | null,"is_given_name_allowed": boolean | null,"is_greeting_required": boolean | null,"is_signature_required": boolean | null,"language": string | null,"max_characters": number | null,"max_emoji": number | null,"max_exclamations": number | null,"max_sentence_words": number | null,"required_phrase": string | null,"tier": string | null,"version": number,"warn_below": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "block_below"?: number | null,"channel"?: string | null,"gate"?: string | null,"id"?: never,"is_closing_required"?: boolean | null,"is_contraction_allowed"?: boolean | null,"is_formal"?: boolean | null,"is_given_name_allowed"?: boolean | null,"is_greeting_required"?: boolean | null,"is_signature_required"?: boolean | null,"language"?: string | null,"max_characters"?: number | null,"max_emoji"?: number | null,"max_exclamations"?: number | null,"max_sentence_words"?: number | null,"required_phrase"?: string | null,"tier"?: string | null,"version": number,"warn_below"?: number | null
                  }
                  Update: {
                    "block_below"?: number | null,"channel"?: string | null,"gate"?: string | null,"id"?: never,"is_closing_required"?: boolean | null,"is_contraction_allowed"?: boolean | null,"is_formal"?: boolean | null,"is_given_name_allowed"?: boolean | null,"is_greeting_required"?: boolean | null,"is_signature_required"?: boolean | null,"language"?: string | null,"max_characters"?: number | null,"max_emoji"?: number | null,"max_exclamations"?: number | null,"max_sentence_words"?: number | null,"required_phrase"?: string | null,"tier"?: string | null,"version"?: number,"warn_below"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "brand_guidelines_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "brand_guidelines_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    },{
      foreignKeyName: "brand_guidelines_version_fkey"
      columns: ["version"]
isOneToOne: false
      referencedRelation: "brand_versions"
      referencedColumns: ["version"]
    }
                  ]
                },"brand_phrases": {
                  Row: {
                    "first_letters": string,"id": number,"language": string,"needle": string,"phrase": string,"place": string,"rule": string,"suggestion": string,"word_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "first_letters"?: never,"id"?: never,"language": string,"needle"?: never,"phrase": string,"place"?: string,"rule": string,"suggestion"?: string,"word_count"?: never
                  }
                  Update: {
                    "first_letters"?: never,"id"?: never,"language"?: string,"needle"?: never,"phrase"?: string,"place"?: string,"rule"?: string,"suggestion"?: string,"word_count"?: never
                  }
                  Relationships: [
                    {
      foreignKeyName: "brand_phrases_rule_fkey"
      columns: ["rule"]
isOneToOne: false
      referencedRelation: "brand_rules"
      referencedColumns: ["rule"]
    }
                  ]
                },"brand_resolution_checks": {
                  Row: {
                    "agent_id": string,"checked_at": string,"cycle": number,"findings": NonNullable<Json>,"guidelines_version": number,"id": string,"override_reason": string | null,"score": number,"ticket_id": string,"verdict": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id": string,"checked_at"?: string,"cycle": number,"findings": NonNullable<Json>,"guidelines_version": number,"id"?: string,"override_reason"?: string | null,"score": number,"ticket_id": string,"verdict": string
                  }
                  Update: {
                    "agent_id"?: string,"checked_at"?: string,"cycle"?: number,"findings"?: NonNullable<Json>,"guidelines_version"?: number,"id"?: string,"override_reason"?: string | null,"score"?: number,"ticket_id"?: string,"verdict"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "brand_resolution_checks_guidelines_version_fkey"
      columns: ["guidelines_version"]
isOneToOne: false
      referencedRelation: "brand_versions"
      referencedColumns: ["version"]
    },{
      foreignKeyName: "brand_resolution_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "brand_resolution_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"brand_rules": {
                  Row: {
                    "aliases": (string)[],"channels": (string)[] | null,"created_at": string,"is_active": boolean,"label": string,"language": string | null,"rule": string,"severity": string,"suggestion": string,"tiers": (string)[] | null,"updated_at": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "aliases"?: (string)[],"channels"?: (string)[] | null,"created_at"?: string,"is_active"?: boolean,"label": string,"language"?: string | null,"rule": string,"severity": string,"suggestion": string,"tiers"?: (string)[] | null,"updated_at"?: string,"weight": number
                  }
                  Update: {
                    "aliases"?: (string)[],"channels"?: (string)[] | null,"created_at"?: string,"is_active"?: boolean,"label"?: string,"language"?: string | null,"rule"?: string,"severity"?: string,"suggestion"?: string,"tiers"?: (string)[] | null,"updated_at"?: string,"weight"?: number
                  }
                  Relationships: [
                    
                  ]
                },"brand_versions": {
                  Row: {
                    "activated_at": string | null,"created_at": string,"created_by": string | null,"note": string,"state": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "activated_at"?: string | null,"created_at"?: string,"created_by"?: string | null,"note": string,"state"?: string,"updated_at"?: string,"version"?: never
                  }
                  Update: {
                    "activated_at"?: string | null,"created_at"?: string,"created_by"?: string | null,"note"?: string,"state"?: string,"updated_at"?: string,"version"?: never
                  }
                  Relationships: [
                    
                  ]
                },"cache_lifetimes": {
                  Row: {
                    "cache": string,"created_at": string,"description": string,"seconds": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "cache": string,"created_at"?: string,"description": string,"seconds": number,"updated_at"?: string
                  }
                  Update: {
                    "cache"?: string,"created_at"?: string,"description"?: string,"seconds"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
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
                },"client_journeys": {
                  Row: {
                    "client_id": string,"client_message_count": number,"first_touch_at": string | null,"last_touch_at": string | null,"measured_at": string,"measured_on": string,"messages_per_resolution": number | null,"missed_visit_count": number,"promises_broken_count": number,"promises_kept_count": number,"promises_kept_share": number | null,"recovered_count": number,"recovery_count": number,"reopening_count": number,"resolution_count": number,"revision": number,"spending": NonNullable<Json>,"touchpoint_count": number,"touchpoints": NonNullable<Json>,"transfer_count": number,"trend": NonNullable<Json>,"visit_count": number,"wait_count": number,"wait_median_seconds": number | null,"wait_worst_seconds": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"client_message_count"?: number,"first_touch_at"?: string | null,"last_touch_at"?: string | null,"measured_at"?: string,"measured_on": string,"messages_per_resolution"?: number | null,"missed_visit_count"?: number,"promises_broken_count"?: number,"promises_kept_count"?: number,"promises_kept_share"?: number | null,"recovered_count"?: number,"recovery_count"?: number,"reopening_count"?: number,"resolution_count"?: number,"revision"?: number,"spending"?: NonNullable<Json>,"touchpoint_count"?: number,"touchpoints"?: NonNullable<Json>,"transfer_count"?: number,"trend"?: NonNullable<Json>,"visit_count"?: number,"wait_count"?: number,"wait_median_seconds"?: number | null,"wait_worst_seconds"?: number | null
                  }
                  Update: {
                    "client_id"?: string,"client_message_count"?: number,"first_touch_at"?: string | null,"last_touch_at"?: string | null,"measured_at"?: string,"measured_on"?: string,"messages_per_resolution"?: number | null,"missed_visit_count"?: number,"promises_broken_count"?: number,"promises_kept_count"?: number,"promises_kept_share"?: number | null,"recovered_count"?: number,"recovery_count"?: number,"reopening_count"?: number,"resolution_count"?: number,"revision"?: number,"spending"?: NonNullable<Json>,"touchpoint_count"?: number,"touchpoints"?: NonNullable<Json>,"transfer_count"?: number,"trend"?: NonNullable<Json>,"visit_count"?: number,"wait_count"?: number,"wait_median_seconds"?: number | null,"wait_worst_seconds"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_journeys_client_id_fkey"
      columns: ["client_id"]
isOneToOne: true
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
                },"client_preferences": {
                  Row: {
                    "choice": string,"choice_count": number | null,"client_id": string,"confidence": number,"created_at": string,"expires_at": string,"policy_version": string | null,"source": string,"topic": string,"updated_at": string,"value": number
                  }
                  ComputedFields: never
                  Insert: {
                    "choice": string,"choice_count"?: number | null,"client_id": string,"confidence": number,"created_at"?: string,"expires_at": string,"policy_version"?: string | null,"source": string,"topic": string,"updated_at"?: string,"value": number
                  }
                  Update: {
                    "choice"?: string,"choice_count"?: number | null,"client_id"?: string,"confidence"?: number,"created_at"?: string,"expires_at"?: string,"policy_version"?: string | null,"source"?: string,"topic"?: string,"updated_at"?: string,"value"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_preferences_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"client_tier_periods": {
                  Row: {
                    "began_at": string,"client_id": string,"end_cause": string | null,"ended_at": string | null,"id": string,"next_tier": string | null,"reason": string | null,"set_by": string | null,"tier": string,"valid_until": string | null,"warned_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "began_at": string,"client_id": string,"end_cause"?: string | null,"ended_at"?: string | null,"id"?: string,"next_tier"?: string | null,"reason"?: string | null,"set_by"?: string | null,"tier": string,"valid_until"?: string | null,"warned_at"?: string | null
                  }
                  Update: {
                    "began_at"?: string,"client_id"?: string,"end_cause"?: string | null,"ended_at"?: string | null,"id"?: string,"next_tier"?: string | null,"reason"?: string | null,"set_by"?: string | null,"tier"?: string,"valid_until"?: string | null,"warned_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "client_tier_periods_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "client_tier_periods_next_tier_fkey"
      columns: ["next_tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    },{
      foreignKeyName: "client_tier_periods_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
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
                },"consent_wordings": {
                  Row: {
                    "is_current": boolean,"published_at": string,"purpose": string,"text_en": string,"text_pl": string,"wording_version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "is_current"?: boolean,"published_at"?: string,"purpose": string,"text_en": string,"text_pl": string,"wording_version": string
                  }
                  Update: {
                    "is_current"?: boolean,"published_at"?: string,"purpose"?: string,"text_en"?: string,"text_pl"?: string,"wording_version"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "consent_wordings_purpose_fkey"
      columns: ["purpose"]
isOneToOne: false
      referencedRelation: "consent_purposes"
      referencedColumns: ["purpose"]
    }
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
      foreignKeyName: "consents_channel_is_a_way_to_clients"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "contact_channels"
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
                },"contact_channels": {
                  Row: {
                    "carrier": string,"channel": string,"created_at": string,"identity_kind": string | null,"label": string,"position": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "carrier": string,"channel": string,"created_at"?: string,"identity_kind"?: string | null,"label": string,"position": number,"updated_at"?: string
                  }
                  Update: {
                    "carrier"?: string,"channel"?: string,"created_at"?: string,"identity_kind"?: string | null,"label"?: string,"position"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"content_blocks": {
                  Row: {
                    "approved_at": string | null,"approved_by": string | null,"author_ids": (string)[],"body": string,"channels": (string)[] | null,"created_at": string,"ends_on": string | null,"id": string,"key": string,"locale": string,"purpose": string,"starts_on": string,"state": string,"tiers": (string)[] | null,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "approved_at"?: string | null,"approved_by"?: string | null,"author_ids": (string)[],"body": string,"channels"?: (string)[] | null,"created_at"?: string,"ends_on"?: string | null,"id"?: string,"key": string,"locale": string,"purpose": string,"starts_on": string,"state"?: string,"tiers"?: (string)[] | null,"updated_at"?: string,"version": number
                  }
                  Update: {
                    "approved_at"?: string | null,"approved_by"?: string | null,"author_ids"?: (string)[],"body"?: string,"channels"?: (string)[] | null,"created_at"?: string,"ends_on"?: string | null,"id"?: string,"key"?: string,"locale"?: string,"purpose"?: string,"starts_on"?: string,"state"?: string,"tiers"?: (string)[] | null,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    
                  ]
                },"corrective_action_changes": {
                  Row: {
                    "action_id": string,"actor_id": string | null,"cause": NonNullable<Json>,"change": string,"changed_at": string,"id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action_id": string,"actor_id"?: string | null,"cause": NonNullable<Json>,"change": string,"changed_at"?: string,"id"?: never
                  }
                  Update: {
                    "action_id"?: string,"actor_id"?: string | null,"cause"?: NonNullable<Json>,"change"?: string,"changed_at"?: string,"id"?: never
                  }
                  Relationships: [
                    {
      foreignKeyName: "corrective_action_changes_action_id_fkey"
      columns: ["action_id"]
isOneToOne: false
      referencedRelation: "corrective_actions"
      referencedColumns: ["id"]
    }
                  ]
                },"corrective_actions": {
                  Row: {
                    "agent_id": string | null,"audit_id": string | null,"cancelled_at": string | null,"cause": NonNullable<Json>,"channel": string | null,"closed_at": string | null,"counted_since_at": string,"desk_id": string,"due_on": string,"id": string,"opened_at": string,"opened_by": string | null,"origin": string,"owner_id": string | null,"plan": string | null,"proof": Json | null,"reopened_count": number,"scope": string,"source": string,"standard": string,"standard_version": number,"state": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"audit_id"?: string | null,"cancelled_at"?: string | null,"cause": NonNullable<Json>,"channel"?: string | null,"closed_at"?: string | null,"counted_since_at"?: string,"desk_id": string,"due_on": string,"id"?: string,"opened_at"?: string,"opened_by"?: string | null,"origin": string,"owner_id"?: string | null,"plan"?: string | null,"proof"?: Json | null,"reopened_count"?: number,"scope": string,"source": string,"standard": string,"standard_version": number,"state"?: string,"updated_at"?: string
                  }
                  Update: {
                    "agent_id"?: string | null,"audit_id"?: string | null,"cancelled_at"?: string | null,"cause"?: NonNullable<Json>,"channel"?: string | null,"closed_at"?: string | null,"counted_since_at"?: string,"desk_id"?: string,"due_on"?: string,"id"?: string,"opened_at"?: string,"opened_by"?: string | null,"origin"?: string,"owner_id"?: string | null,"plan"?: string | null,"proof"?: Json | null,"reopened_count"?: number,"scope"?: string,"source"?: string,"standard"?: string,"standard_version"?: number,"state"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "corrective_actions_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "corrective_actions_audit_id_fkey"
      columns: ["audit_id"]
isOneToOne: false
      referencedRelation: "quality_audits"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "corrective_actions_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "corrective_actions_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "corrective_actions_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "corrective_actions_standard_is_known"
      columns: ["standard","standard_version"]
isOneToOne: false
      referencedRelation: "quality_standards"
      referencedColumns: ["standard","version"]
    }
                  ]
                },"cost_rates": {
                  Row: {
                    "amount": number,"created_at": string,"kind": string,"source": string,"subject": string,"updated_at": string,"valid_from_on": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"created_at"?: string,"kind": string,"source": string,"subject": string,"updated_at"?: string,"valid_from_on": string
                  }
                  Update: {
                    "amount"?: number,"created_at"?: string,"kind"?: string,"source"?: string,"subject"?: string,"updated_at"?: string,"valid_from_on"?: string
                  }
                  Relationships: [
                    
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
                },"exclusive_items": {
                  Row: {
                    "access_key": string | null,"answer_seconds": number,"capacity": number,"closes_at": string,"created_at": string,"created_by": string | null,"desk_id": string | null,"ends_at": string,"id": string,"kind": string,"opens_at": string,"starts_at": string,"status": string,"taken_count": number,"title_en": string,"title_pl": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "access_key"?: string | null,"answer_seconds"?: number,"capacity": number,"closes_at": string,"created_at"?: string,"created_by"?: string | null,"desk_id"?: string | null,"ends_at": string,"id"?: string,"kind": string,"opens_at": string,"starts_at": string,"status"?: string,"taken_count"?: number,"title_en": string,"title_pl": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "access_key"?: string | null,"answer_seconds"?: number,"capacity"?: number,"closes_at"?: string,"created_at"?: string,"created_by"?: string | null,"desk_id"?: string | null,"ends_at"?: string,"id"?: string,"kind"?: string,"opens_at"?: string,"starts_at"?: string,"status"?: string,"taken_count"?: number,"title_en"?: string,"title_pl"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "exclusive_items_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    }
                  ]
                },"exclusive_quotas": {
                  Row: {
                    "item_id": string,"places": number,"taken_count": number,"tier": string
                  }
                  ComputedFields: never
                  Insert: {
                    "item_id": string,"places": number,"taken_count"?: number,"tier": string
                  }
                  Update: {
                    "item_id"?: string,"places"?: number,"taken_count"?: number,"tier"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "exclusive_quotas_item_id_fkey"
      columns: ["item_id"]
isOneToOne: false
      referencedRelation: "exclusive_items"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "exclusive_quotas_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"exclusive_reservation_changes": {
                  Row: {
                    "changed_at": string,"changed_by": string | null,"from_state": string | null,"id": number,"reason": string | null,"reservation_id": string,"to_state": string
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_at"?: string,"changed_by"?: string | null,"from_state"?: string | null,"id"?: never,"reason"?: string | null,"reservation_id": string,"to_state": string
                  }
                  Update: {
                    "changed_at"?: string,"changed_by"?: string | null,"from_state"?: string | null,"id"?: never,"reason"?: string | null,"reservation_id"?: string,"to_state"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "exclusive_reservation_changes_reservation_id_fkey"
      columns: ["reservation_id"]
isOneToOne: false
      referencedRelation: "exclusive_reservations"
      referencedColumns: ["id"]
    }
                  ]
                },"exclusive_reservations": {
                  Row: {
                    "client_id": string,"id": string,"item_id": string,"offer_expires_at": string | null,"queue_number": number,"requested_at": string,"requested_by": string | null,"state": string,"state_changed_at": string,"tier": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"id"?: string,"item_id": string,"offer_expires_at"?: string | null,"queue_number"?: never,"requested_at"?: string,"requested_by"?: string | null,"state": string,"state_changed_at"?: string,"tier": string
                  }
                  Update: {
                    "client_id"?: string,"id"?: string,"item_id"?: string,"offer_expires_at"?: string | null,"queue_number"?: never,"requested_at"?: string,"requested_by"?: string | null,"state"?: string,"state_changed_at"?: string,"tier"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "exclusive_reservations_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "exclusive_reservations_item_id_fkey"
      columns: ["item_id"]
isOneToOne: false
      referencedRelation: "exclusive_items"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "exclusive_reservations_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"executive_figures": {
                  Row: {
                    "created_at": string,"label_pl": string,"metric": string,"position": number,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"label_pl": string,"metric": string,"position": number,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "created_at"?: string,"label_pl"?: string,"metric"?: string,"position"?: number,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "executive_figures_metric_fkey"
      columns: ["metric"]
isOneToOne: true
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    }
                  ]
                },"experience_scores": {
                  Row: {
                    "agent_id": string | null,"brand_score": number | null,"cycle": number,"desk_id": string,"ended_at": string,"promises_score": number | null,"quality_score": number | null,"score": number | null,"survey_score": number | null,"ticket_id": string,"tier": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"brand_score"?: number | null,"cycle": number,"desk_id": string,"ended_at": string,"promises_score"?: number | null,"quality_score"?: number | null,"score"?: number | null,"survey_score"?: number | null,"ticket_id": string,"tier": string,"updated_at"?: string
                  }
                  Update: {
                    "agent_id"?: string | null,"brand_score"?: number | null,"cycle"?: number,"desk_id"?: string,"ended_at"?: string,"promises_score"?: number | null,"quality_score"?: number | null,"score"?: number | null,"survey_score"?: number | null,"ticket_id"?: string,"tier"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "experience_scores_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "experience_scores_are_of_a_checked_cycle"
      columns: ["ticket_id","cycle"]
isOneToOne: true
      referencedRelation: "quality_checks"
      referencedColumns: ["ticket_id","cycle"]
    },{
      foreignKeyName: "experience_scores_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "experience_scores_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"experience_weights": {
                  Row: {
                    "part": string,"valid_from_at": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "part": string,"valid_from_at"?: string,"weight": number
                  }
                  Update: {
                    "part"?: string,"valid_from_at"?: string,"weight"?: number
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
                },"feature_definitions": {
                  Row: {
                    "feature_set": string,"feature_version": number,"label_en": string,"label_pl": string,"name": string,"position": number,"unit": string
                  }
                  ComputedFields: never
                  Insert: {
                    "feature_set"?: string,"feature_version": number,"label_en": string,"label_pl": string,"name": string,"position": number,"unit": string
                  }
                  Update: {
                    "feature_set"?: string,"feature_version"?: number,"label_en"?: string,"label_pl"?: string,"name"?: string,"position"?: number,"unit"?: string
                  }
                  Relationships: [
                    
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
                },"feature_snapshots": {
                  Row: {
                    "client_id": string,"feature_set": string,"feature_version": number,"features": (number)[],"observed_at": string,"sha256": string,"taken_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"feature_set"?: string,"feature_version": number,"features": (number)[],"observed_at": string,"sha256": string,"taken_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"feature_set"?: string,"feature_version"?: number,"features"?: (number)[],"observed_at"?: string,"sha256"?: string,"taken_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "feature_snapshots_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"handling_rules": {
                  Row: {
                    "attention": number,"channel": string,"created_at": string,"longest_seconds": number,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "attention": number,"channel": string,"created_at"?: string,"longest_seconds": number,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "attention"?: number,"channel"?: string,"created_at"?: string,"longest_seconds"?: number,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "handling_rules_channel_fkey"
      columns: ["channel"]
isOneToOne: true
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    }
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
                },"improvement_rules": {
                  Row: {
                    "closing_count": number,"due_days": number,"opening_count": number,"reopening_count": number,"rule": string,"target_percent": number | null,"updated_at": string,"version": number,"window_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "closing_count": number,"due_days"?: number,"opening_count"?: number,"reopening_count"?: number,"rule": string,"target_percent"?: number | null,"updated_at"?: string,"version"?: number,"window_count"?: number
                  }
                  Update: {
                    "closing_count"?: number,"due_days"?: number,"opening_count"?: number,"reopening_count"?: number,"rule"?: string,"target_percent"?: number | null,"updated_at"?: string,"version"?: number,"window_count"?: number
                  }
                  Relationships: [
                    
                  ]
                },"insight_runs": {
                  Row: {
                    "comparison_count": number,"finding_count": number,"left_out_count": number,"made_at": string,"policy_version": string,"since_at": string,"until_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "comparison_count": number,"finding_count": number,"left_out_count": number,"made_at"?: string,"policy_version": string,"since_at": string,"until_at": string
                  }
                  Update: {
                    "comparison_count"?: number,"finding_count"?: number,"left_out_count"?: number,"made_at"?: string,"policy_version"?: string,"since_at"?: string,"until_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"journey_insights": {
                  Row: {
                    "client_id": string,"ended_at": string | null,"found_at": string,"id": string,"kind": string,"policy_version": string,"priority": number,"reason": NonNullable<Json>,"sentence_en": string,"sentence_pl": string,"topic": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"ended_at"?: string | null,"found_at"?: string,"id"?: string,"kind": string,"policy_version": string,"priority": number,"reason": NonNullable<Json>,"sentence_en": string,"sentence_pl": string,"topic"?: string,"updated_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"ended_at"?: string | null,"found_at"?: string,"id"?: string,"kind"?: string,"policy_version"?: string,"priority"?: number,"reason"?: NonNullable<Json>,"sentence_en"?: string,"sentence_pl"?: string,"topic"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "journey_insights_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"judgement_corrections": {
                  Row: {
                    "correct_value": string,"corrected_by": string | null,"created_at": string,"field": string,"id": number,"judged_value": string | null,"message_id": string,"model_versions": (string)[],"source": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "correct_value": string,"corrected_by"?: string | null,"created_at"?: string,"field": string,"id"?: never,"judged_value"?: string | null,"message_id": string,"model_versions": (string)[],"source": string,"ticket_id": string
                  }
                  Update: {
                    "correct_value"?: string,"corrected_by"?: string | null,"created_at"?: string,"field"?: string,"id"?: never,"judged_value"?: string | null,"message_id"?: string,"model_versions"?: (string)[],"source"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "judgement_corrections_corrected_by_fkey"
      columns: ["corrected_by"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "judgement_corrections_message_id_fkey"
      columns: ["message_id"]
isOneToOne: false
      referencedRelation: "ticket_messages"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "judgement_corrections_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "judgement_corrections_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"kpis": {
                  Row: {
                    "block": string,"created_at": string,"highest": number | null,"key": string,"label_en": string,"label_pl": string,"lowest": number | null,"metric": string,"min_samples": number,"owner_role": string,"period": string,"position": number,"target": number | null,"updated_at": string,"version": number,"warning_band": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "block": string,"created_at"?: string,"highest"?: number | null,"key": string,"label_en": string,"label_pl": string,"lowest"?: number | null,"metric": string,"min_samples"?: number,"owner_role": string,"period"?: string,"position": number,"target"?: number | null,"updated_at"?: string,"version"?: number,"warning_band"?: number | null
                  }
                  Update: {
                    "block"?: string,"created_at"?: string,"highest"?: number | null,"key"?: string,"label_en"?: string,"label_pl"?: string,"lowest"?: number | null,"metric"?: string,"min_samples"?: number,"owner_role"?: string,"period"?: string,"position"?: number,"target"?: number | null,"updated_at"?: string,"version"?: number,"warning_band"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "kpis_metric_fkey"
      columns: ["metric"]
isOneToOne: false
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
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
                },"membership_plans": {
                  Row: {
                    "created_at": string,"currency": string,"id": string,"is_active": boolean,"name_en": string,"name_pl": string,"period_months": number,"price_minor": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"currency"?: string,"id": string,"is_active"?: boolean,"name_en": string,"name_pl": string,"period_months": number,"price_minor": number,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"currency"?: string,"id"?: string,"is_active"?: boolean,"name_en"?: string,"name_pl"?: string,"period_months"?: number,"price_minor"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"memberships": {
                  Row: {
                    "client_id": string,"ends_on": string,"external_ref": string,"id": string,"plan_id": string,"recorded_at": string,"renewed_by_id": string | null,"source": string,"starts_on": string,"status": string,"told_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"ends_on": string,"external_ref": string,"id"?: string,"plan_id": string,"recorded_at"?: string,"renewed_by_id"?: string | null,"source": string,"starts_on": string,"status"?: string,"told_at"?: string,"updated_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"ends_on"?: string,"external_ref"?: string,"id"?: string,"plan_id"?: string,"recorded_at"?: string,"renewed_by_id"?: string | null,"source"?: string,"starts_on"?: string,"status"?: string,"told_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "memberships_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "memberships_plan_id_fkey"
      columns: ["plan_id"]
isOneToOne: false
      referencedRelation: "membership_plans"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "memberships_renewed_by_id_fkey"
      columns: ["renewed_by_id"]
isOneToOne: false
      referencedRelation: "memberships"
      referencedColumns: ["id"]
    }
                  ]
                },"message_judgements": {
                  Row: {
                    "category": string | null,"category_confidence": number,"client_id": string,"details": NonNullable<Json>,"is_abstained": boolean,"judged_at": string,"language": string | null,"language_confidence": number,"message_id": string,"model_versions": (string)[],"priority": string,"probabilities": NonNullable<Json>,"safety_rules": (string)[],"sentiment": string | null,"sentiment_confidence": number | null,"sentiment_score": number | null,"ticket_id": string,"urgency": string
                  }
                  ComputedFields: never
                  Insert: {
                    "category"?: string | null,"category_confidence": number,"client_id": string,"details"?: NonNullable<Json>,"is_abstained": boolean,"judged_at"?: string,"language"?: string | null,"language_confidence": number,"message_id": string,"model_versions": (string)[],"priority": string,"probabilities"?: NonNullable<Json>,"safety_rules"?: (string)[],"sentiment"?: string | null,"sentiment_confidence"?: number | null,"sentiment_score"?: number | null,"ticket_id": string,"urgency": string
                  }
                  Update: {
                    "category"?: string | null,"category_confidence"?: number,"client_id"?: string,"details"?: NonNullable<Json>,"is_abstained"?: boolean,"judged_at"?: string,"language"?: string | null,"language_confidence"?: number,"message_id"?: string,"model_versions"?: (string)[],"priority"?: string,"probabilities"?: NonNullable<Json>,"safety_rules"?: (string)[],"sentiment"?: string | null,"sentiment_confidence"?: number | null,"sentiment_score"?: number | null,"ticket_id"?: string,"urgency"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "message_judgements_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "message_judgements_message_id_fkey"
      columns: ["message_id"]
isOneToOne: true
      referencedRelation: "ticket_messages"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "message_judgements_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "message_judgements_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"metric_benchmarks": {
                  Row: {
                    "metric": string,"source": string,"standard": string,"target": number,"valid_from_on": string
                  }
                  ComputedFields: never
                  Insert: {
                    "metric": string,"source": string,"standard": string,"target": number,"valid_from_on"?: string
                  }
                  Update: {
                    "metric"?: string,"source"?: string,"standard"?: string,"target"?: number,"valid_from_on"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "metric_benchmarks_metric_fkey"
      columns: ["metric"]
isOneToOne: false
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    }
                  ]
                },"metric_definitions": {
                  Row: {
                    "audience": string,"category": string,"created_at": string,"denominator": string | null,"description": string,"direction": string,"drill_down": string,"factor": number | null,"label": string,"method": string,"metric": string,"numerator": string | null,"unit": string,"updated_at": string,"version": number,"window_seconds": number,"zone": string
                  }
                  ComputedFields: never
                  Insert: {
                    "audience"?: string,"category": string,"created_at"?: string,"denominator"?: string | null,"description": string,"direction": string,"drill_down": string,"factor"?: number | null,"label": string,"method": string,"metric": string,"numerator"?: string | null,"unit": string,"updated_at"?: string,"version"?: number,"window_seconds": number,"zone"?: string
                  }
                  Update: {
                    "audience"?: string,"category"?: string,"created_at"?: string,"denominator"?: string | null,"description"?: string,"direction"?: string,"drill_down"?: string,"factor"?: number | null,"label"?: string,"method"?: string,"metric"?: string,"numerator"?: string | null,"unit"?: string,"updated_at"?: string,"version"?: number,"window_seconds"?: number,"zone"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "metric_definitions_denominator_fkey"
      columns: ["denominator"]
isOneToOne: false
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    },{
      foreignKeyName: "metric_definitions_numerator_fkey"
      columns: ["numerator"]
isOneToOne: false
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    }
                  ]
                },"metric_monitors": {
                  Row: {
                    "interval_seconds": number,"metric": string,"started_at": string,"started_by": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "interval_seconds"?: number,"metric": string,"started_at"?: string,"started_by"?: string | null
                  }
                  Update: {
                    "interval_seconds"?: number,"metric"?: string,"started_at"?: string,"started_by"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "metric_monitors_metric_fkey"
      columns: ["metric"]
isOneToOne: true
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    }
                  ]
                },"name_days": {
                  Row: {
                    "day": number,"folded_name": string,"month": number,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "day": number,"folded_name": string,"month": number,"name": string
                  }
                  Update: {
                    "day"?: number,"folded_name"?: string,"month"?: number,"name"?: string
                  }
                  Relationships: [
                    
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
                },"occasion_rules": {
                  Row: {
                    "action": string,"body_en": string,"body_pl": string,"channel": string | null,"created_at": string,"is_active": boolean,"minimum_tier": string,"occasion": string,"offset_hours": number,"purpose": string,"rule": string,"subject_en": string,"subject_pl": string,"updated_at": string,"version": number,"vip_action": string,"window_hours": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"body_en": string,"body_pl": string,"channel"?: string | null,"created_at"?: string,"is_active"?: boolean,"minimum_tier"?: string,"occasion": string,"offset_hours": number,"purpose": string,"rule": string,"subject_en": string,"subject_pl": string,"updated_at"?: string,"version"?: number,"vip_action": string,"window_hours": number
                  }
                  Update: {
                    "action"?: string,"body_en"?: string,"body_pl"?: string,"channel"?: string | null,"created_at"?: string,"is_active"?: boolean,"minimum_tier"?: string,"occasion"?: string,"offset_hours"?: number,"purpose"?: string,"rule"?: string,"subject_en"?: string,"subject_pl"?: string,"updated_at"?: string,"version"?: number,"vip_action"?: string,"window_hours"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "occasion_rules_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "contact_channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "occasion_rules_minimum_tier_fkey"
      columns: ["minimum_tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    },{
      foreignKeyName: "occasion_rules_purpose_fkey"
      columns: ["purpose"]
isOneToOne: false
      referencedRelation: "outreach_purposes"
      referencedColumns: ["purpose"]
    }
                  ]
                },"occasions": {
                  Row: {
                    "client_id": string,"created_at": string,"due_at": string,"expires_at": string,"id": string,"occurrence": number,"outreach_id": string | null,"reason": string | null,"round": number,"rule": string,"state": string,"subject_id": string,"task_id": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"created_at"?: string,"due_at": string,"expires_at": string,"id"?: string,"occurrence": number,"outreach_id"?: string | null,"reason"?: string | null,"round"?: number,"rule": string,"state"?: string,"subject_id": string,"task_id"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"created_at"?: string,"due_at"?: string,"expires_at"?: string,"id"?: string,"occurrence"?: number,"outreach_id"?: string | null,"reason"?: string | null,"round"?: number,"rule"?: string,"state"?: string,"subject_id"?: string,"task_id"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "occasions_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "occasions_outreach_id_fkey"
      columns: ["outreach_id"]
isOneToOne: false
      referencedRelation: "outreach"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "occasions_rule_fkey"
      columns: ["rule"]
isOneToOne: false
      referencedRelation: "occasion_rules"
      referencedColumns: ["rule"]
    },{
      foreignKeyName: "occasions_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "outreach_tasks"
      referencedColumns: ["id"]
    }
                  ]
                },"outreach": {
                  Row: {
                    "bounced_channels": (string)[],"cancelled_by": string | null,"channel": string | null,"client_id": string,"created_at": string,"dedupe_key": string,"desk_id": string,"details": NonNullable<Json>,"due_at": string | null,"expires_at": string,"id": string,"kind": string,"not_before_at": string,"only_channel": string | null,"purpose": string,"reason": string | null,"sent_at": string | null,"settled_at": string | null,"state": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "bounced_channels"?: (string)[],"cancelled_by"?: string | null,"channel"?: string | null,"client_id": string,"created_at"?: string,"dedupe_key": string,"desk_id": string,"details"?: NonNullable<Json>,"due_at"?: string | null,"expires_at": string,"id"?: string,"kind": string,"not_before_at": string,"only_channel"?: string | null,"purpose": string,"reason"?: string | null,"sent_at"?: string | null,"settled_at"?: string | null,"state"?: string,"updated_at"?: string
                  }
                  Update: {
                    "bounced_channels"?: (string)[],"cancelled_by"?: string | null,"channel"?: string | null,"client_id"?: string,"created_at"?: string,"dedupe_key"?: string,"desk_id"?: string,"details"?: NonNullable<Json>,"due_at"?: string | null,"expires_at"?: string,"id"?: string,"kind"?: string,"not_before_at"?: string,"only_channel"?: string | null,"purpose"?: string,"reason"?: string | null,"sent_at"?: string | null,"settled_at"?: string | null,"state"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "outreach_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "contact_channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "outreach_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_only_channel_fkey"
      columns: ["only_channel"]
isOneToOne: false
      referencedRelation: "contact_channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "outreach_purpose_fkey"
      columns: ["purpose"]
isOneToOne: false
      referencedRelation: "outreach_purposes"
      referencedColumns: ["purpose"]
    }
                  ]
                },"outreach_attempts": {
                  Row: {
                    "attempt": number,"channel": string,"client_id": string,"id": number,"outreach_id": string,"purpose": string,"result": string | null,"result_detail": string | null,"sent_at": string,"settled_at": string | null,"taken_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt": number,"channel": string,"client_id": string,"id"?: never,"outreach_id": string,"purpose": string,"result"?: string | null,"result_detail"?: string | null,"sent_at": string,"settled_at"?: string | null,"taken_at"?: string | null
                  }
                  Update: {
                    "attempt"?: number,"channel"?: string,"client_id"?: string,"id"?: never,"outreach_id"?: string,"purpose"?: string,"result"?: string | null,"result_detail"?: string | null,"sent_at"?: string,"settled_at"?: string | null,"taken_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "outreach_attempts_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "contact_channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "outreach_attempts_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_attempts_outreach_id_fkey"
      columns: ["outreach_id"]
isOneToOne: false
      referencedRelation: "outreach"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_attempts_purpose_fkey"
      columns: ["purpose"]
isOneToOne: false
      referencedRelation: "outreach_purposes"
      referencedColumns: ["purpose"]
    }
                  ]
                },"outreach_hours": {
                  Row: {
                    "calendar_id": string | null,"is_only": boolean,"quiet_from_minute": number,"quiet_until_minute": number,"quiet_weekdays": (number)[],"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "calendar_id"?: string | null,"is_only"?: boolean,"quiet_from_minute": number,"quiet_until_minute": number,"quiet_weekdays": (number)[],"updated_at"?: string
                  }
                  Update: {
                    "calendar_id"?: string | null,"is_only"?: boolean,"quiet_from_minute"?: number,"quiet_until_minute"?: number,"quiet_weekdays"?: (number)[],"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "outreach_hours_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    }
                  ]
                },"outreach_preferences": {
                  Row: {
                    "changed_by": string | null,"channels": (string)[],"client_id": string,"name_day_day": number | null,"name_day_month": number | null,"quiet_from_minute": number | null,"quiet_until_minute": number | null,"restricted_at": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_by"?: string | null,"channels"?: (string)[],"client_id": string,"name_day_day"?: number | null,"name_day_month"?: number | null,"quiet_from_minute"?: number | null,"quiet_until_minute"?: number | null,"restricted_at"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "changed_by"?: string | null,"channels"?: (string)[],"client_id"?: string,"name_day_day"?: number | null,"name_day_month"?: number | null,"quiet_from_minute"?: number | null,"quiet_until_minute"?: number | null,"restricted_at"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "outreach_preferences_client_id_fkey"
      columns: ["client_id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"outreach_purposes": {
                  Row: {
                    "basis": string,"cap_count": number | null,"cap_days": number,"created_at": string,"is_marketing": boolean,"keep_hours": number,"purpose": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "basis": string,"cap_count"?: number | null,"cap_days": number,"created_at"?: string,"is_marketing": boolean,"keep_hours": number,"purpose": string,"updated_at"?: string
                  }
                  Update: {
                    "basis"?: string,"cap_count"?: number | null,"cap_days"?: number,"created_at"?: string,"is_marketing"?: boolean,"keep_hours"?: number,"purpose"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "outreach_purposes_purpose_fkey"
      columns: ["purpose"]
isOneToOne: true
      referencedRelation: "consent_purposes"
      referencedColumns: ["purpose"]
    }
                  ]
                },"outreach_tasks": {
                  Row: {
                    "client_id": string,"closed_at": string | null,"closed_by": string | null,"created_at": string,"dedupe_key": string,"desk_id": string,"details": NonNullable<Json>,"due_at": string,"due_until": string,"id": string,"kind": string,"note": string | null,"outcome": string | null,"owner_id": string | null,"purpose": string | null,"reason": string,"state": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"closed_at"?: string | null,"closed_by"?: string | null,"created_at"?: string,"dedupe_key": string,"desk_id": string,"details"?: NonNullable<Json>,"due_at": string,"due_until": string,"id"?: string,"kind": string,"note"?: string | null,"outcome"?: string | null,"owner_id"?: string | null,"purpose"?: string | null,"reason": string,"state"?: string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "client_id"?: string,"closed_at"?: string | null,"closed_by"?: string | null,"created_at"?: string,"dedupe_key"?: string,"desk_id"?: string,"details"?: NonNullable<Json>,"due_at"?: string,"due_until"?: string,"id"?: string,"kind"?: string,"note"?: string | null,"outcome"?: string | null,"owner_id"?: string | null,"purpose"?: string | null,"reason"?: string,"state"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "outreach_tasks_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_tasks_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_tasks_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "outreach_tasks_purpose_fkey"
      columns: ["purpose"]
isOneToOne: false
      referencedRelation: "outreach_purposes"
      referencedColumns: ["purpose"]
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
                },"performance_metrics": {
                  Row: {
                    "category": string,"created_at": string,"desk_id": string | null,"id": string,"measured_at": string,"metadata": NonNullable<Json>,"metric_name": string,"unit": string,"value": number
                  }
                  ComputedFields: never
                  Insert: {
                    "category": string,"created_at"?: string,"desk_id"?: string | null,"id"?: string,"measured_at": string,"metadata"?: NonNullable<Json>,"metric_name": string,"unit": string,"value": number
                  }
                  Update: {
                    "category"?: string,"created_at"?: string,"desk_id"?: string | null,"id"?: string,"measured_at"?: string,"metadata"?: NonNullable<Json>,"metric_name"?: string,"unit"?: string,"value"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "performance_metrics_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "performance_metrics_metric_name_fkey"
      columns: ["metric_name"]
isOneToOne: false
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    }
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
                },"prediction_advice": {
                  Row: {
                    "name": string,"prediction_type": string,"text_en": string,"text_pl": string
                  }
                  ComputedFields: never
                  Insert: {
                    "name": string,"prediction_type": string,"text_en": string,"text_pl": string
                  }
                  Update: {
                    "name"?: string,"prediction_type"?: string,"text_en"?: string,"text_pl"?: string
                  }
                  Relationships: [
                    
                  ]
                },"prediction_factors": {
                  Row: {
                    "contribution": number,"name": string,"position": number,"prediction_id": string,"value": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "contribution": number,"name": string,"position": number,"prediction_id": string,"value"?: number | null
                  }
                  Update: {
                    "contribution"?: number,"name"?: string,"position"?: number,"prediction_id"?: string,"value"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "prediction_factors_prediction_id_fkey"
      columns: ["prediction_id"]
isOneToOne: false
      referencedRelation: "ai_predictions"
      referencedColumns: ["id"]
    }
                  ]
                },"prediction_requests": {
                  Row: {
                    "client_id": string,"completed_at": string | null,"created_at": string,"have_count": number | null,"id": string,"need_count": number | null,"prediction_id": string | null,"prediction_type": string,"reason": string | null,"requested_by": string | null,"status": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"completed_at"?: string | null,"created_at"?: string,"have_count"?: number | null,"id"?: string,"need_count"?: number | null,"prediction_id"?: string | null,"prediction_type": string,"reason"?: string | null,"requested_by"?: string | null,"status"?: string,"updated_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"completed_at"?: string | null,"created_at"?: string,"have_count"?: number | null,"id"?: string,"need_count"?: number | null,"prediction_id"?: string | null,"prediction_type"?: string,"reason"?: string | null,"requested_by"?: string | null,"status"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "prediction_requests_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "prediction_requests_prediction_id_fkey"
      columns: ["prediction_id"]
isOneToOne: false
      referencedRelation: "ai_predictions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "prediction_requests_requested_by_fkey"
      columns: ["requested_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
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
                },"products": {
                  Row: {
                    "category": string,"created_at": string,"currency": string,"id": string,"is_active": boolean,"lasts_days": number | null,"name_en": string,"name_pl": string,"price_minor": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "category": string,"created_at"?: string,"currency"?: string,"id": string,"is_active"?: boolean,"lasts_days"?: number | null,"name_en": string,"name_pl": string,"price_minor": number,"updated_at"?: string
                  }
                  Update: {
                    "category"?: string,"created_at"?: string,"currency"?: string,"id"?: string,"is_active"?: boolean,"lasts_days"?: number | null,"name_en"?: string,"name_pl"?: string,"price_minor"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"profiles": {
                  Row: {
                    "account_id": string | null,"birth_on": string | null,"created_at": string,"desk_id": string,"display_name": string,"family_name": string | null,"folded_name": string,"form_of_address": string,"gender": string | null,"given_name": string | null,"has_account": boolean,"id": string,"locale": string,"merged_into_id": string | null,"preferred_languages": (string)[],"tier": string,"time_zone": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id"?: never,"birth_on"?: string | null,"created_at"?: string,"desk_id"?: string,"display_name": string,"family_name"?: string | null,"folded_name"?: never,"form_of_address"?: string,"gender"?: string | null,"given_name"?: string | null,"has_account"?: boolean,"id": string,"locale"?: string,"merged_into_id"?: string | null,"preferred_languages"?: (string)[],"tier"?: string,"time_zone"?: string,"updated_at"?: string
                  }
                  Update: {
                    "account_id"?: never,"birth_on"?: string | null,"created_at"?: string,"desk_id"?: string,"display_name"?: string,"family_name"?: string | null,"folded_name"?: never,"form_of_address"?: string,"gender"?: string | null,"given_name"?: string | null,"has_account"?: boolean,"id"?: string,"locale"?: string,"merged_into_id"?: string | null,"preferred_languages"?: (string)[],"tier"?: string,"time_zone"?: string,"updated_at"?: string
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
                },"profiling_objections": {
                  Row: {
                    "client_id": string,"objected_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"objected_at"?: string
                  }
                  Update: {
                    "client_id"?: string,"objected_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "profiling_objections_client_id_fkey"
      columns: ["client_id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
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
                },"purchases": {
                  Row: {
                    "amount_minor": number,"client_id": string,"currency": string,"external_ref": string,"id": string,"kind": string,"membership_id": string | null,"product_id": string | null,"purchased_at": string,"quantity": number,"recorded_at": string,"refunded_minor": number,"source": string,"ticket_id": string | null,"told_at": string,"updated_at": string,"visit_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "amount_minor": number,"client_id": string,"currency"?: string,"external_ref": string,"id"?: string,"kind": string,"membership_id"?: string | null,"product_id"?: string | null,"purchased_at": string,"quantity"?: number,"recorded_at"?: string,"refunded_minor"?: number,"source": string,"ticket_id"?: string | null,"told_at"?: string,"updated_at"?: string,"visit_id"?: string | null
                  }
                  Update: {
                    "amount_minor"?: number,"client_id"?: string,"currency"?: string,"external_ref"?: string,"id"?: string,"kind"?: string,"membership_id"?: string | null,"product_id"?: string | null,"purchased_at"?: string,"quantity"?: number,"recorded_at"?: string,"refunded_minor"?: number,"source"?: string,"ticket_id"?: string | null,"told_at"?: string,"updated_at"?: string,"visit_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "purchases_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "purchases_membership_id_fkey"
      columns: ["membership_id"]
isOneToOne: false
      referencedRelation: "memberships"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "purchases_product_id_fkey"
      columns: ["product_id"]
isOneToOne: false
      referencedRelation: "products"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "purchases_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "purchases_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "purchases_visit_id_fkey"
      columns: ["visit_id"]
isOneToOne: false
      referencedRelation: "visits"
      referencedColumns: ["id"]
    }
                  ]
                },"quality_audits": {
                  Row: {
                    "agent_id": string | null,"audit_type": string,"auditor_id": string | null,"channels": (string)[],"completed_at": string | null,"created_at": string,"desk_id": string,"ends_at": string,"id": string,"improvement_plan": Json | null,"judged_count": number,"overall_score": number | null,"policy_version": string | null,"population_count": number | null,"risk_share": number,"sample_size": number,"scope": string,"score_high": number | null,"score_low": number | null,"seed": number,"starts_at": string,"status": string,"timeframe": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"audit_type": string,"auditor_id"?: string | null,"channels"?: (string)[],"completed_at"?: string | null,"created_at"?: string,"desk_id": string,"ends_at": string,"id"?: string,"improvement_plan"?: Json | null,"judged_count"?: number,"overall_score"?: number | null,"policy_version"?: string | null,"population_count"?: number | null,"risk_share"?: number,"sample_size": number,"scope": string,"score_high"?: number | null,"score_low"?: number | null,"seed"?: number,"starts_at": string,"status"?: string,"timeframe": string,"updated_at"?: string
                  }
                  Update: {
                    "agent_id"?: string | null,"audit_type"?: string,"auditor_id"?: string | null,"channels"?: (string)[],"completed_at"?: string | null,"created_at"?: string,"desk_id"?: string,"ends_at"?: string,"id"?: string,"improvement_plan"?: Json | null,"judged_count"?: number,"overall_score"?: number | null,"policy_version"?: string | null,"population_count"?: number | null,"risk_share"?: number,"sample_size"?: number,"scope"?: string,"score_high"?: number | null,"score_low"?: number | null,"seed"?: number,"starts_at"?: string,"status"?: string,"timeframe"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_audits_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_audits_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    }
                  ]
                },"quality_calibrations": {
                  Row: {
                    "closed_at": string | null,"cycle": number,"desk_id": string,"id": string,"opened_at": string,"opened_by": string,"state": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "closed_at"?: string | null,"cycle": number,"desk_id": string,"id"?: string,"opened_at"?: string,"opened_by": string,"state"?: string,"ticket_id": string
                  }
                  Update: {
                    "closed_at"?: string | null,"cycle"?: number,"desk_id"?: string,"id"?: string,"opened_at"?: string,"opened_by"?: string,"state"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_calibrations_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_calibrations_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_calibrations_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"quality_check_results": {
                  Row: {
                    "answer": string,"cycle": number,"evidence": (string)[],"standard": string,"standard_version": number,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "answer": string,"cycle": number,"evidence"?: (string)[],"standard": string,"standard_version": number,"ticket_id": string
                  }
                  Update: {
                    "answer"?: string,"cycle"?: number,"evidence"?: (string)[],"standard"?: string,"standard_version"?: number,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_check_results_are_of_a_check"
      columns: ["ticket_id","cycle"]
isOneToOne: false
      referencedRelation: "quality_checks"
      referencedColumns: ["ticket_id","cycle"]
    },{
      foreignKeyName: "quality_check_results_standard_is_known"
      columns: ["standard","standard_version"]
isOneToOne: false
      referencedRelation: "quality_standards"
      referencedColumns: ["standard","version"]
    }
                  ]
                },"quality_checks": {
                  Row: {
                    "agent_id": string | null,"channel": string,"checked_at": string,"cycle": number,"desk_id": string,"ended_at": string,"is_failed": boolean,"policy_version": string,"score": number | null,"skip_reason": string | null,"ticket_id": string,"tier": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"channel": string,"checked_at"?: string,"cycle": number,"desk_id": string,"ended_at": string,"is_failed"?: boolean,"policy_version": string,"score"?: number | null,"skip_reason"?: string | null,"ticket_id": string,"tier": string
                  }
                  Update: {
                    "agent_id"?: string | null,"channel"?: string,"checked_at"?: string,"cycle"?: number,"desk_id"?: string,"ended_at"?: string,"is_failed"?: boolean,"policy_version"?: string,"score"?: number | null,"skip_reason"?: string | null,"ticket_id"?: string,"tier"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_checks_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_checks_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "quality_checks_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_checks_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_checks_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"quality_disputes": {
                  Row: {
                    "comment": string,"decided_at": string | null,"decided_by": string | null,"decision_comment": string | null,"id": string,"proposed_answer": string,"raised_at": string,"raised_by": string,"review_id": string,"standard": string,"state": string
                  }
                  ComputedFields: never
                  Insert: {
                    "comment": string,"decided_at"?: string | null,"decided_by"?: string | null,"decision_comment"?: string | null,"id"?: string,"proposed_answer": string,"raised_at"?: string,"raised_by": string,"review_id": string,"standard": string,"state"?: string
                  }
                  Update: {
                    "comment"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"decision_comment"?: string | null,"id"?: string,"proposed_answer"?: string,"raised_at"?: string,"raised_by"?: string,"review_id"?: string,"standard"?: string,"state"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_disputes_are_about_a_finding"
      columns: ["review_id","standard"]
isOneToOne: false
      referencedRelation: "quality_findings"
      referencedColumns: ["review_id","standard"]
    }
                  ]
                },"quality_findings": {
                  Row: {
                    "answer": string,"decided_answer": string | null,"evidence": (string)[],"note": string | null,"review_id": string,"standard": string,"standard_version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "answer": string,"decided_answer"?: string | null,"evidence"?: (string)[],"note"?: string | null,"review_id": string,"standard": string,"standard_version": number
                  }
                  Update: {
                    "answer"?: string,"decided_answer"?: string | null,"evidence"?: (string)[],"note"?: string | null,"review_id"?: string,"standard"?: string,"standard_version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_findings_review_id_fkey"
      columns: ["review_id"]
isOneToOne: false
      referencedRelation: "quality_reviews"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_findings_standard_is_known"
      columns: ["standard","standard_version"]
isOneToOne: false
      referencedRelation: "quality_standards"
      referencedColumns: ["standard","version"]
    }
                  ]
                },"quality_reviews": {
                  Row: {
                    "agent_id": string | null,"audit_id": string | null,"calibration_id": string | null,"channel": string,"comment": string | null,"cycle": number | null,"desk_id": string,"final_score": number | null,"happened_at": string,"id": string,"is_failed": boolean,"is_failed_finally": boolean,"kind": string,"reviewer_id": string,"sample_id": string | null,"score": number | null,"submitted_at": string,"ticket_id": string | null,"tier": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"audit_id"?: string | null,"calibration_id"?: string | null,"channel": string,"comment"?: string | null,"cycle"?: number | null,"desk_id": string,"final_score"?: number | null,"happened_at": string,"id"?: string,"is_failed"?: boolean,"is_failed_finally"?: boolean,"kind": string,"reviewer_id": string,"sample_id"?: string | null,"score"?: number | null,"submitted_at"?: string,"ticket_id"?: string | null,"tier": string
                  }
                  Update: {
                    "agent_id"?: string | null,"audit_id"?: string | null,"calibration_id"?: string | null,"channel"?: string,"comment"?: string | null,"cycle"?: number | null,"desk_id"?: string,"final_score"?: number | null,"happened_at"?: string,"id"?: string,"is_failed"?: boolean,"is_failed_finally"?: boolean,"kind"?: string,"reviewer_id"?: string,"sample_id"?: string | null,"score"?: number | null,"submitted_at"?: string,"ticket_id"?: string | null,"tier"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_reviews_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_audit_id_fkey"
      columns: ["audit_id"]
isOneToOne: false
      referencedRelation: "quality_audits"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_calibration_id_fkey"
      columns: ["calibration_id"]
isOneToOne: false
      referencedRelation: "quality_calibrations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "quality_reviews_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_sample_id_fkey"
      columns: ["sample_id"]
isOneToOne: false
      referencedRelation: "quality_samples"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_reviews_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"quality_samples": {
                  Row: {
                    "agent_id": string | null,"audit_id": string,"cycle": number,"desk_id": string,"drawn_at": string,"id": string,"inclusion_probability": number,"position": number,"reviewer_id": string | null,"risks": (string)[],"state": string,"stratum": string,"stratum_count": number,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"audit_id": string,"cycle": number,"desk_id": string,"drawn_at"?: string,"id"?: string,"inclusion_probability": number,"position": number,"reviewer_id"?: string | null,"risks"?: (string)[],"state"?: string,"stratum": string,"stratum_count": number,"ticket_id": string
                  }
                  Update: {
                    "agent_id"?: string | null,"audit_id"?: string,"cycle"?: number,"desk_id"?: string,"drawn_at"?: string,"id"?: string,"inclusion_probability"?: number,"position"?: number,"reviewer_id"?: string | null,"risks"?: (string)[],"state"?: string,"stratum"?: string,"stratum_count"?: number,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quality_samples_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_samples_audit_id_fkey"
      columns: ["audit_id"]
isOneToOne: false
      referencedRelation: "quality_audits"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_samples_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_samples_reviewer_id_fkey"
      columns: ["reviewer_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_samples_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quality_samples_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"quality_standards": {
                  Row: {
                    "channels": (string)[],"check_name": string | null,"class": string,"created_at": string,"created_by": string | null,"is_active": boolean,"is_critical": boolean,"is_current": boolean,"is_live": boolean | null,"kind": string,"parameters": NonNullable<Json>,"reason": string | null,"standard": string,"target_percent": number,"text_en": string,"text_pl": string,"tiers": (string)[],"version": number,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "channels"?: (string)[],"check_name"?: string | null,"class": string,"created_at"?: string,"created_by"?: string | null,"is_active"?: boolean,"is_critical"?: boolean,"is_current"?: boolean,"is_live"?: boolean | null,"kind": string,"parameters"?: NonNullable<Json>,"reason"?: string | null,"standard": string,"target_percent"?: number,"text_en": string,"text_pl": string,"tiers"?: (string)[],"version"?: number,"weight"?: number
                  }
                  Update: {
                    "channels"?: (string)[],"check_name"?: string | null,"class"?: string,"created_at"?: string,"created_by"?: string | null,"is_active"?: boolean,"is_critical"?: boolean,"is_current"?: boolean,"is_live"?: boolean | null,"kind"?: string,"parameters"?: NonNullable<Json>,"reason"?: string | null,"standard"?: string,"target_percent"?: number,"text_en"?: string,"text_pl"?: string,"tiers"?: (string)[],"version"?: number,"weight"?: number
                  }
                  Relationships: [
                    
                  ]
                },"recovery_approvals": {
                  Row: {
                    "decided_at": string,"decided_by": string,"decided_role": string,"gesture_id": string,"is_approved": boolean,"limit_minor": number,"reason": string | null,"total_minor": number
                  }
                  ComputedFields: never
                  Insert: {
                    "decided_at"?: string,"decided_by": string,"decided_role": string,"gesture_id": string,"is_approved": boolean,"limit_minor": number,"reason"?: string | null,"total_minor": number
                  }
                  Update: {
                    "decided_at"?: string,"decided_by"?: string,"decided_role"?: string,"gesture_id"?: string,"is_approved"?: boolean,"limit_minor"?: number,"reason"?: string | null,"total_minor"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "recovery_approvals_gesture_id_fkey"
      columns: ["gesture_id"]
isOneToOne: true
      referencedRelation: "recovery_gestures"
      referencedColumns: ["id"]
    }
                  ]
                },"recovery_budgets": {
                  Row: {
                    "created_at": string,"currency": string,"limit_minor": number,"role": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"currency"?: string,"limit_minor": number,"role": string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"currency"?: string,"limit_minor"?: number,"role"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"recovery_cases": {
                  Row: {
                    "assigned_at": string | null,"began_at": string,"callback_due_at": string | null,"called_back_at": string | null,"cause": string | null,"client_id": string,"closed_at": string | null,"desk_id": string,"due_at": string | null,"id": string,"is_recovered": boolean | null,"merged_into_id": string | null,"opened_at": string,"owner_id": string | null,"owner_stage": string | null,"reopened_count": number,"resolution": string | null,"resolved_at": string | null,"resolved_by": string | null,"state": string,"survey_id": string | null,"taken_at": string | null,"ticket_id": string | null,"tier": string,"told": (string)[],"trigger": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "assigned_at"?: string | null,"began_at"?: string,"callback_due_at"?: string | null,"called_back_at"?: string | null,"cause"?: string | null,"client_id": string,"closed_at"?: string | null,"desk_id": string,"due_at"?: string | null,"id"?: string,"is_recovered"?: boolean | null,"merged_into_id"?: string | null,"opened_at"?: string,"owner_id"?: string | null,"owner_stage"?: string | null,"reopened_count"?: number,"resolution"?: string | null,"resolved_at"?: string | null,"resolved_by"?: string | null,"state"?: string,"survey_id"?: string | null,"taken_at"?: string | null,"ticket_id"?: string | null,"tier": string,"told"?: (string)[],"trigger": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "assigned_at"?: string | null,"began_at"?: string,"callback_due_at"?: string | null,"called_back_at"?: string | null,"cause"?: string | null,"client_id"?: string,"closed_at"?: string | null,"desk_id"?: string,"due_at"?: string | null,"id"?: string,"is_recovered"?: boolean | null,"merged_into_id"?: string | null,"opened_at"?: string,"owner_id"?: string | null,"owner_stage"?: string | null,"reopened_count"?: number,"resolution"?: string | null,"resolved_at"?: string | null,"resolved_by"?: string | null,"state"?: string,"survey_id"?: string | null,"taken_at"?: string | null,"ticket_id"?: string | null,"tier"?: string,"told"?: (string)[],"trigger"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "recovery_cases_cause_fkey"
      columns: ["cause"]
isOneToOne: false
      referencedRelation: "recovery_causes"
      referencedColumns: ["cause"]
    },{
      foreignKeyName: "recovery_cases_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_merged_into_id_fkey"
      columns: ["merged_into_id"]
isOneToOne: false
      referencedRelation: "recovery_cases"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"recovery_causes": {
                  Row: {
                    "cause": string,"created_at": string,"is_active": boolean,"label_en": string,"label_pl": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "cause": string,"created_at"?: string,"is_active"?: boolean,"label_en": string,"label_pl": string,"updated_at"?: string
                  }
                  Update: {
                    "cause"?: string,"created_at"?: string,"is_active"?: boolean,"label_en"?: string,"label_pl"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"recovery_gestures": {
                  Row: {
                    "amount_minor": number,"case_id": string,"currency": string,"description": string,"id": string,"is_within_budget": boolean,"kind": string,"proposed_at": string,"proposed_by": string,"proposed_role": string,"settled_at": string | null,"state": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount_minor": number,"case_id": string,"currency"?: string,"description": string,"id"?: string,"is_within_budget": boolean,"kind": string,"proposed_at"?: string,"proposed_by": string,"proposed_role": string,"settled_at"?: string | null,"state": string
                  }
                  Update: {
                    "amount_minor"?: number,"case_id"?: string,"currency"?: string,"description"?: string,"id"?: string,"is_within_budget"?: boolean,"kind"?: string,"proposed_at"?: string,"proposed_by"?: string,"proposed_role"?: string,"settled_at"?: string | null,"state"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "recovery_gestures_case_id_fkey"
      columns: ["case_id"]
isOneToOne: false
      referencedRelation: "recovery_cases"
      referencedColumns: ["id"]
    }
                  ]
                },"recovery_history": {
                  Row: {
                    "actor_id": string | null,"case_id": string,"details": NonNullable<Json>,"id": number,"kind": string,"note": string | null,"occurred_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_id"?: string | null,"case_id": string,"details"?: NonNullable<Json>,"id"?: never,"kind": string,"note"?: string | null,"occurred_at"?: string
                  }
                  Update: {
                    "actor_id"?: string | null,"case_id"?: string,"details"?: NonNullable<Json>,"id"?: never,"kind"?: string,"note"?: string | null,"occurred_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "recovery_history_case_id_fkey"
      columns: ["case_id"]
isOneToOne: false
      referencedRelation: "recovery_cases"
      referencedColumns: ["id"]
    }
                  ]
                },"recovery_triggers": {
                  Row: {
                    "added_at": string,"added_by": string | null,"case_id": string,"details": NonNullable<Json>,"id": number,"subject_id": string | null,"ticket_id": string | null,"trigger": string
                  }
                  ComputedFields: never
                  Insert: {
                    "added_at"?: string,"added_by"?: string | null,"case_id": string,"details"?: NonNullable<Json>,"id"?: never,"subject_id"?: string | null,"ticket_id"?: string | null,"trigger": string
                  }
                  Update: {
                    "added_at"?: string,"added_by"?: string | null,"case_id"?: string,"details"?: NonNullable<Json>,"id"?: never,"subject_id"?: string | null,"ticket_id"?: string | null,"trigger"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "recovery_triggers_case_id_fkey"
      columns: ["case_id"]
isOneToOne: false
      referencedRelation: "recovery_cases"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_triggers_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_triggers_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"reply_budgets": {
                  Row: {
                    "calls_per_day": number,"created_at": string,"is_only": boolean,"tokens_per_day": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "calls_per_day"?: number,"created_at"?: string,"is_only"?: boolean,"tokens_per_day"?: number,"updated_at"?: string
                  }
                  Update: {
                    "calls_per_day"?: number,"created_at"?: string,"is_only"?: boolean,"tokens_per_day"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"reply_drafts": {
                  Row: {
                    "brand_score": number | null,"brand_verdict": string | null,"completed_at": string | null,"created_at": string,"draft": string | null,"edit_distance": number | null,"fallback_reason": string | null,"id": string,"inquiry": string,"is_service_used": boolean,"is_unedited": boolean | null,"language": string | null,"latency_ms": number | null,"message_id": string | null,"model": string | null,"reasons": NonNullable<Json>,"requested_by": string,"service_ms": number | null,"sources": NonNullable<Json>,"state": string,"taken_at": string | null,"template_id": string | null,"ticket_id": string,"token_count": number,"updated_at": string,"word_count": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "brand_score"?: number | null,"brand_verdict"?: string | null,"completed_at"?: string | null,"created_at"?: string,"draft"?: string | null,"edit_distance"?: number | null,"fallback_reason"?: string | null,"id"?: string,"inquiry": string,"is_service_used"?: boolean,"is_unedited"?: boolean | null,"language"?: string | null,"latency_ms"?: number | null,"message_id"?: string | null,"model"?: string | null,"reasons"?: NonNullable<Json>,"requested_by": string,"service_ms"?: number | null,"sources"?: NonNullable<Json>,"state"?: string,"taken_at"?: string | null,"template_id"?: string | null,"ticket_id": string,"token_count"?: number,"updated_at"?: string,"word_count"?: number | null
                  }
                  Update: {
                    "brand_score"?: number | null,"brand_verdict"?: string | null,"completed_at"?: string | null,"created_at"?: string,"draft"?: string | null,"edit_distance"?: number | null,"fallback_reason"?: string | null,"id"?: string,"inquiry"?: string,"is_service_used"?: boolean,"is_unedited"?: boolean | null,"language"?: string | null,"latency_ms"?: number | null,"message_id"?: string | null,"model"?: string | null,"reasons"?: NonNullable<Json>,"requested_by"?: string,"service_ms"?: number | null,"sources"?: NonNullable<Json>,"state"?: string,"taken_at"?: string | null,"template_id"?: string | null,"ticket_id"?: string,"token_count"?: number,"updated_at"?: string,"word_count"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "reply_drafts_message_id_fkey"
      columns: ["message_id"]
isOneToOne: false
      referencedRelation: "ticket_messages"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reply_drafts_requested_by_fkey"
      columns: ["requested_by"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reply_drafts_template_id_fkey"
      columns: ["template_id"]
isOneToOne: false
      referencedRelation: "reply_templates"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reply_drafts_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reply_drafts_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"reply_service_days": {
                  Row: {
                    "call_count": number,"token_count": number,"used_on": string
                  }
                  ComputedFields: never
                  Insert: {
                    "call_count"?: number,"token_count"?: number,"used_on": string
                  }
                  Update: {
                    "call_count"?: number,"token_count"?: number,"used_on"?: string
                  }
                  Relationships: [
                    
                  ]
                },"reply_templates": {
                  Row: {
                    "body": string,"category": string,"created_at": string,"created_by": string | null,"examples": string,"id": string,"language": string,"state": string,"template": string,"tone": string | null,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"category": string,"created_at"?: string,"created_by"?: string | null,"examples": string,"id"?: string,"language": string,"state"?: string,"template": string,"tone"?: string | null,"updated_at"?: string,"version": number
                  }
                  Update: {
                    "body"?: string,"category"?: string,"created_at"?: string,"created_by"?: string | null,"examples"?: string,"id"?: string,"language"?: string,"state"?: string,"template"?: string,"tone"?: string | null,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "reply_templates_category_fkey"
      columns: ["category"]
isOneToOne: false
      referencedRelation: "ticket_categories"
      referencedColumns: ["category"]
    }
                  ]
                },"reports": {
                  Row: {
                    "completed_at": string | null,"desk_id": string | null,"ends_on": string,"html_digest": string | null,"id": string,"inputs_digest": string | null,"kind": string,"language": string,"period": string,"previous_starts_on": string,"renderer_version": string | null,"requested_at": string,"requested_by": string | null,"starts_on": string,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "completed_at"?: string | null,"desk_id"?: string | null,"ends_on": string,"html_digest"?: string | null,"id"?: string,"inputs_digest"?: string | null,"kind": string,"language": string,"period": string,"previous_starts_on": string,"renderer_version"?: string | null,"requested_at"?: string,"requested_by"?: string | null,"starts_on": string,"status"?: string
                  }
                  Update: {
                    "completed_at"?: string | null,"desk_id"?: string | null,"ends_on"?: string,"html_digest"?: string | null,"id"?: string,"inputs_digest"?: string | null,"kind"?: string,"language"?: string,"period"?: string,"previous_starts_on"?: string,"renderer_version"?: string | null,"requested_at"?: string,"requested_by"?: string | null,"starts_on"?: string,"status"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "reports_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
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
                },"retention_plays": {
                  Row: {
                    "alerted_at": string,"arm": string,"client_id": string,"created_at": string,"draw": number,"end_reason": string | null,"ends_at": string | null,"holdout_share": number,"id": string,"outcome": string | null,"outcome_at": string | null,"period": number,"policy_version": string,"postponed_reason": string | null,"prediction_id": string | null,"probability": number | null,"starts_at": string | null,"state": string,"task_id": string | null,"updated_at": string,"visit_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "alerted_at"?: string,"arm": string,"client_id": string,"created_at"?: string,"draw": number,"end_reason"?: string | null,"ends_at"?: string | null,"holdout_share": number,"id"?: string,"outcome"?: string | null,"outcome_at"?: string | null,"period": number,"policy_version": string,"postponed_reason"?: string | null,"prediction_id"?: string | null,"probability"?: number | null,"starts_at"?: string | null,"state": string,"task_id"?: string | null,"updated_at"?: string,"visit_id"?: string | null
                  }
                  Update: {
                    "alerted_at"?: string,"arm"?: string,"client_id"?: string,"created_at"?: string,"draw"?: number,"end_reason"?: string | null,"ends_at"?: string | null,"holdout_share"?: number,"id"?: string,"outcome"?: string | null,"outcome_at"?: string | null,"period"?: number,"policy_version"?: string,"postponed_reason"?: string | null,"prediction_id"?: string | null,"probability"?: number | null,"starts_at"?: string | null,"state"?: string,"task_id"?: string | null,"updated_at"?: string,"visit_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "retention_plays_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "retention_plays_prediction_id_fkey"
      columns: ["prediction_id"]
isOneToOne: false
      referencedRelation: "ai_predictions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "retention_plays_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "outreach_tasks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "retention_plays_visit_id_fkey"
      columns: ["visit_id"]
isOneToOne: false
      referencedRelation: "visits"
      referencedColumns: ["id"]
    }
                  ]
                },"retention_rules": {
                  Row: {
                    "created_at": string,"description": string,"keep_days": number,"records": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"description": string,"keep_days": number,"records": string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"description"?: string,"keep_days"?: number,"records"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
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
                },"sentiment_analyses": {
                  Row: {
                    "completed_at": string | null,"confidence": number | null,"created_at": string,"id": string,"is_cut": boolean,"language": string | null,"model_version": string | null,"probabilities": Json | null,"requested_by": string,"score": number | null,"sentiment": string | null,"source": string,"status": string,"text": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "completed_at"?: string | null,"confidence"?: number | null,"created_at"?: string,"id"?: string,"is_cut"?: boolean,"language"?: string | null,"model_version"?: string | null,"probabilities"?: Json | null,"requested_by": string,"score"?: number | null,"sentiment"?: string | null,"source": string,"status"?: string,"text": string,"updated_at"?: string
                  }
                  Update: {
                    "completed_at"?: string | null,"confidence"?: number | null,"created_at"?: string,"id"?: string,"is_cut"?: boolean,"language"?: string | null,"model_version"?: string | null,"probabilities"?: Json | null,"requested_by"?: string,"score"?: number | null,"sentiment"?: string | null,"source"?: string,"status"?: string,"text"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "sentiment_analyses_requested_by_fkey"
      columns: ["requested_by"]
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
                    "capacity_units": number,"created_at": string,"desk_id": string,"id": string,"is_active": boolean,"last_assigned_at": string | null,"left_at": string | null,"number": number,"recent_changes_at": (string)[],"returned_at": string | null,"role": string,"seen_at": string | null,"state": string,"state_changed_at": string,"steady_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "capacity_units"?: number,"created_at"?: string,"desk_id": string,"id": string,"is_active"?: boolean,"last_assigned_at"?: string | null,"left_at"?: string | null,"number"?: never,"recent_changes_at"?: (string)[],"returned_at"?: string | null,"role": string,"seen_at"?: string | null,"state"?: string,"state_changed_at"?: string,"steady_at"?: string,"updated_at"?: string
                  }
                  Update: {
                    "capacity_units"?: number,"created_at"?: string,"desk_id"?: string,"id"?: string,"is_active"?: boolean,"last_assigned_at"?: string | null,"left_at"?: string | null,"number"?: never,"recent_changes_at"?: (string)[],"returned_at"?: string | null,"role"?: string,"seen_at"?: string | null,"state"?: string,"state_changed_at"?: string,"steady_at"?: string,"updated_at"?: string
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
                },"strategic_insights": {
                  Row: {
                    "created_at": string,"difference": number,"dimension": string,"direction": string,"effect_size": number,"evidence_ids": (string)[],"group_client_count": number,"group_count": number,"group_mean": number,"group_value": string,"id": string,"interval_high": number,"interval_low": number,"metric": string,"p_value": number,"q_value": number,"recommendation_en": string,"recommendation_pl": string,"rest_count": number,"rest_mean": number,"unit": string,"until_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"difference": number,"dimension": string,"direction": string,"effect_size": number,"evidence_ids": (string)[],"group_client_count": number,"group_count": number,"group_mean": number,"group_value": string,"id"?: string,"interval_high": number,"interval_low": number,"metric": string,"p_value": number,"q_value": number,"recommendation_en": string,"recommendation_pl": string,"rest_count": number,"rest_mean": number,"unit": string,"until_at": string
                  }
                  Update: {
                    "created_at"?: string,"difference"?: number,"dimension"?: string,"direction"?: string,"effect_size"?: number,"evidence_ids"?: (string)[],"group_client_count"?: number,"group_count"?: number,"group_mean"?: number,"group_value"?: string,"id"?: string,"interval_high"?: number,"interval_low"?: number,"metric"?: string,"p_value"?: number,"q_value"?: number,"recommendation_en"?: string,"recommendation_pl"?: string,"rest_count"?: number,"rest_mean"?: number,"unit"?: string,"until_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "strategic_insights_metric_fkey"
      columns: ["metric"]
isOneToOne: false
      referencedRelation: "metric_definitions"
      referencedColumns: ["metric"]
    },{
      foreignKeyName: "strategic_insights_until_at_fkey"
      columns: ["until_at"]
isOneToOne: false
      referencedRelation: "insight_runs"
      referencedColumns: ["until_at"]
    }
                  ]
                },"success_goal_updates": {
                  Row: {
                    "evidence": (string)[],"forecast": Json | null,"goal_id": string,"id": number,"kind": string,"note": string | null,"progress": number,"state": string,"value": number | null,"written_at": string,"written_by": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "evidence"?: (string)[],"forecast"?: Json | null,"goal_id": string,"id"?: never,"kind": string,"note"?: string | null,"progress": number,"state": string,"value"?: number | null,"written_at"?: string,"written_by"?: string | null
                  }
                  Update: {
                    "evidence"?: (string)[],"forecast"?: Json | null,"goal_id"?: string,"id"?: never,"kind"?: string,"note"?: string | null,"progress"?: number,"state"?: string,"value"?: number | null,"written_at"?: string,"written_by"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "success_goal_updates_goal_id_fkey"
      columns: ["goal_id"]
isOneToOne: false
      referencedRelation: "success_goals"
      referencedColumns: ["id"]
    }
                  ]
                },"success_goals": {
                  Row: {
                    "baseline": number,"created_at": string,"created_by": string | null,"current_value": number | null,"desk_id": string | null,"due_on": string,"ended_at": string | null,"forecast_high": number | null,"forecast_low": number | null,"forecast_value": number | null,"forecast_verdict": string,"id": string,"kpi_key": string | null,"measure": string | null,"measured_at": string | null,"owner_id": string | null,"progress": number,"starts_on": string,"state": string,"target": number,"title": string,"unit": string,"updated_at": string,"version": number,"warned_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "baseline": number,"created_at"?: string,"created_by"?: string | null,"current_value"?: number | null,"desk_id"?: string | null,"due_on": string,"ended_at"?: string | null,"forecast_high"?: number | null,"forecast_low"?: number | null,"forecast_value"?: number | null,"forecast_verdict"?: string,"id"?: string,"kpi_key"?: string | null,"measure"?: string | null,"measured_at"?: string | null,"owner_id"?: string | null,"progress"?: number,"starts_on": string,"state"?: string,"target": number,"title": string,"unit": string,"updated_at"?: string,"version"?: number,"warned_at"?: string | null
                  }
                  Update: {
                    "baseline"?: number,"created_at"?: string,"created_by"?: string | null,"current_value"?: number | null,"desk_id"?: string | null,"due_on"?: string,"ended_at"?: string | null,"forecast_high"?: number | null,"forecast_low"?: number | null,"forecast_value"?: number | null,"forecast_verdict"?: string,"id"?: string,"kpi_key"?: string | null,"measure"?: string | null,"measured_at"?: string | null,"owner_id"?: string | null,"progress"?: number,"starts_on"?: string,"state"?: string,"target"?: number,"title"?: string,"unit"?: string,"updated_at"?: string,"version"?: number,"warned_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "success_goals_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "success_goals_kpi_key_fkey"
      columns: ["kpi_key"]
isOneToOne: false
      referencedRelation: "kpis"
      referencedColumns: ["key"]
    },{
      foreignKeyName: "success_goals_owner_id_fkey"
      columns: ["owner_id"]
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
                },"survey_answers": {
                  Row: {
                    "body": string | null,"choices": (string)[] | null,"number": number | null,"question": string,"survey_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "body"?: string | null,"choices"?: (string)[] | null,"number"?: number | null,"question": string,"survey_id": string
                  }
                  Update: {
                    "body"?: string | null,"choices"?: (string)[] | null,"number"?: number | null,"question"?: string,"survey_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "survey_answers_survey_id_fkey"
      columns: ["survey_id"]
isOneToOne: false
      referencedRelation: "surveys"
      referencedColumns: ["id"]
    }
                  ]
                },"survey_questionnaires": {
                  Row: {
                    "created_at": string,"created_by": string | null,"is_current": boolean,"kind": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"created_by"?: string | null,"is_current"?: boolean,"kind": string,"version": number
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string | null,"is_current"?: boolean,"kind"?: string,"version"?: number
                  }
                  Relationships: [
                    
                  ]
                },"survey_questions": {
                  Row: {
                    "is_required": boolean,"kind": string,"options": (string)[],"position": number,"question": string,"repeat_seconds": number,"scale": string,"shown_if_at_most": number | null,"shown_if_question": string | null,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "is_required"?: boolean,"kind": string,"options"?: (string)[],"position": number,"question": string,"repeat_seconds"?: number,"scale": string,"shown_if_at_most"?: number | null,"shown_if_question"?: string | null,"version": number
                  }
                  Update: {
                    "is_required"?: boolean,"kind"?: string,"options"?: (string)[],"position"?: number,"question"?: string,"repeat_seconds"?: number,"scale"?: string,"shown_if_at_most"?: number | null,"shown_if_question"?: string | null,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "survey_questions_are_of_a_questionnaire"
      columns: ["kind","version"]
isOneToOne: false
      referencedRelation: "survey_questionnaires"
      referencedColumns: ["kind","version"]
    }
                  ]
                },"survey_rules": {
                  Row: {
                    "answer_seconds": number,"calendar_id": string,"cooldown_seconds": number,"created_at": string,"delay_seconds": number,"excluded_categories": (string)[],"is_active": boolean,"is_by_phone": boolean,"kind": string,"late_seconds": number,"sample_share": number,"tier": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "answer_seconds"?: number,"calendar_id": string,"cooldown_seconds": number,"created_at"?: string,"delay_seconds": number,"excluded_categories"?: (string)[],"is_active"?: boolean,"is_by_phone"?: boolean,"kind": string,"late_seconds"?: number,"sample_share"?: number,"tier": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "answer_seconds"?: number,"calendar_id"?: string,"cooldown_seconds"?: number,"created_at"?: string,"delay_seconds"?: number,"excluded_categories"?: (string)[],"is_active"?: boolean,"is_by_phone"?: boolean,"kind"?: string,"late_seconds"?: number,"sample_share"?: number,"tier"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "survey_rules_calendar_id_fkey"
      columns: ["calendar_id"]
isOneToOne: false
      referencedRelation: "calendars"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "survey_rules_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"survey_texts": {
                  Row: {
                    "body": string,"item": string,"kind": string,"language": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"item": string,"kind": string,"language": string,"version": number
                  }
                  Update: {
                    "body"?: string,"item"?: string,"kind"?: string,"language"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "survey_texts_are_of_a_questionnaire"
      columns: ["kind","version"]
isOneToOne: false
      referencedRelation: "survey_questionnaires"
      referencedColumns: ["kind","version"]
    }
                  ]
                },"surveys": {
                  Row: {
                    "agent_id": string | null,"answered_at": string | null,"answered_by": string | null,"answered_through": string | null,"ask_at": string | null,"asked_at": string | null,"case_id": string | null,"channel": string | null,"client_id": string,"comment": string | null,"created_at": string,"csat": number | null,"cycle": number | null,"desk_id": string,"effort": number | null,"expires_at": string | null,"happened_at": string,"id": string,"is_late": boolean,"kind": string,"language": string,"late_until": string | null,"manner": string | null,"nps": number | null,"outreach_id": string | null,"policy_version": string | null,"questionnaire_version": number | null,"questions": (string)[],"reason": string | null,"rule_version": number,"sent_at": string | null,"state": string,"task_id": string | null,"ticket_id": string | null,"tier": string,"updated_at": string,"version": number,"visit_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"answered_at"?: string | null,"answered_by"?: string | null,"answered_through"?: string | null,"ask_at"?: string | null,"asked_at"?: string | null,"case_id"?: string | null,"channel"?: string | null,"client_id": string,"comment"?: string | null,"created_at"?: string,"csat"?: number | null,"cycle"?: number | null,"desk_id": string,"effort"?: number | null,"expires_at"?: string | null,"happened_at"?: string,"id"?: string,"is_late"?: boolean,"kind": string,"language": string,"late_until"?: string | null,"manner"?: string | null,"nps"?: number | null,"outreach_id"?: string | null,"policy_version"?: string | null,"questionnaire_version"?: number | null,"questions"?: (string)[],"reason"?: string | null,"rule_version": number,"sent_at"?: string | null,"state"?: string,"task_id"?: string | null,"ticket_id"?: string | null,"tier": string,"updated_at"?: string,"version"?: number,"visit_id"?: string | null
                  }
                  Update: {
                    "agent_id"?: string | null,"answered_at"?: string | null,"answered_by"?: string | null,"answered_through"?: string | null,"ask_at"?: string | null,"asked_at"?: string | null,"case_id"?: string | null,"channel"?: string | null,"client_id"?: string,"comment"?: string | null,"created_at"?: string,"csat"?: number | null,"cycle"?: number | null,"desk_id"?: string,"effort"?: number | null,"expires_at"?: string | null,"happened_at"?: string,"id"?: string,"is_late"?: boolean,"kind"?: string,"language"?: string,"late_until"?: string | null,"manner"?: string | null,"nps"?: number | null,"outreach_id"?: string | null,"policy_version"?: string | null,"questionnaire_version"?: number | null,"questions"?: (string)[],"reason"?: string | null,"rule_version"?: number,"sent_at"?: string | null,"state"?: string,"task_id"?: string | null,"ticket_id"?: string | null,"tier"?: string,"updated_at"?: string,"version"?: number,"visit_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "surveys_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "surveys_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "surveys_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "surveys_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "surveys_questionnaire_is_known"
      columns: ["kind","questionnaire_version"]
isOneToOne: false
      referencedRelation: "survey_questionnaires"
      referencedColumns: ["kind","version"]
    },{
      foreignKeyName: "surveys_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "surveys_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "surveys_tier_fkey"
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
                    "author_id": string | null,"author_kind": string,"body": string,"client_id": string,"created_at": string,"id": string,"is_internal": boolean,"mentions": (string)[],"ticket_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id"?: string | null,"author_kind": string,"body": string,"client_id": string,"created_at"?: string,"id"?: string,"is_internal"?: boolean,"mentions"?: (string)[],"ticket_id": string,"updated_at"?: string
                  }
                  Update: {
                    "author_id"?: string | null,"author_kind"?: string,"body"?: string,"client_id"?: string,"created_at"?: string,"id"?: string,"is_internal"?: boolean,"mentions"?: (string)[],"ticket_id"?: string,"updated_at"?: string
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
                    "breached_at": string | null,"broken_to_id": string | null,"calendar_id": string | null,"cycle": number,"due_at": string | null,"end_cause": string | null,"ended_at": string | null,"first_warning_seconds": number | null,"id": string,"kind": string,"last_warning_seconds": number | null,"met_at": string | null,"next_notice_at": string | null,"promised_by": string | null,"started_at": string,"state": string,"target_seconds": number,"ticket_id": string,"tier": string,"wording": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "breached_at"?: string | null,"broken_to_id"?: string | null,"calendar_id"?: string | null,"cycle": number,"due_at"?: string | null,"end_cause"?: string | null,"ended_at"?: string | null,"first_warning_seconds"?: number | null,"id"?: string,"kind": string,"last_warning_seconds"?: number | null,"met_at"?: string | null,"next_notice_at"?: string | null,"promised_by"?: string | null,"started_at": string,"state": string,"target_seconds": number,"ticket_id": string,"tier": string,"wording"?: string | null
                  }
                  Update: {
                    "breached_at"?: string | null,"broken_to_id"?: string | null,"calendar_id"?: string | null,"cycle"?: number,"due_at"?: string | null,"end_cause"?: string | null,"ended_at"?: string | null,"first_warning_seconds"?: number | null,"id"?: string,"kind"?: string,"last_warning_seconds"?: number | null,"met_at"?: string | null,"next_notice_at"?: string | null,"promised_by"?: string | null,"started_at"?: string,"state"?: string,"target_seconds"?: number,"ticket_id"?: string,"tier"?: string,"wording"?: string | null
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
                },"ticket_suggestions": {
                  Row: {
                    "confidence": number,"created_at": string,"field": string,"message_id": string,"state": string,"ticket_id": string,"updated_at": string,"value": string
                  }
                  ComputedFields: never
                  Insert: {
                    "confidence": number,"created_at"?: string,"field": string,"message_id": string,"state": string,"ticket_id": string,"updated_at"?: string,"value": string
                  }
                  Update: {
                    "confidence"?: number,"created_at"?: string,"field"?: string,"message_id"?: string,"state"?: string,"ticket_id"?: string,"updated_at"?: string,"value"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_suggestions_message_id_fkey"
      columns: ["message_id"]
isOneToOne: false
      referencedRelation: "ticket_messages"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_suggestions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_suggestions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"treatments": {
                  Row: {
                    "category": string,"check_after_hours": number | null,"course_gap_days": number | null,"course_sessions": number | null,"created_at": string,"currency": string,"duration_minutes": number,"id": string,"is_active": boolean,"name_en": string,"name_pl": string,"price_minor": number,"required_skill": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "category": string,"check_after_hours"?: number | null,"course_gap_days"?: number | null,"course_sessions"?: number | null,"created_at"?: string,"currency"?: string,"duration_minutes": number,"id": string,"is_active"?: boolean,"name_en": string,"name_pl": string,"price_minor": number,"required_skill"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "category"?: string,"check_after_hours"?: number | null,"course_gap_days"?: number | null,"course_sessions"?: number | null,"created_at"?: string,"currency"?: string,"duration_minutes"?: number,"id"?: string,"is_active"?: boolean,"name_en"?: string,"name_pl"?: string,"price_minor"?: number,"required_skill"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "treatments_required_skill_fkey"
      columns: ["required_skill"]
isOneToOne: false
      referencedRelation: "skills"
      referencedColumns: ["skill"]
    }
                  ]
                },"triage_impacts": {
                  Row: {
                    "created_at": string,"impact": string,"source": string,"updated_at": string,"word": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"impact": string,"source": string,"updated_at"?: string,"word": string
                  }
                  Update: {
                    "created_at"?: string,"impact"?: string,"source"?: string,"updated_at"?: string,"word"?: string
                  }
                  Relationships: [
                    
                  ]
                },"triage_priorities": {
                  Row: {
                    "created_at": string,"impact": string,"priority": string,"updated_at": string,"urgency": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"impact": string,"priority": string,"updated_at"?: string,"urgency": string
                  }
                  Update: {
                    "created_at"?: string,"impact"?: string,"priority"?: string,"updated_at"?: string,"urgency"?: string
                  }
                  Relationships: [
                    
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
                },"vip_profile_reads": {
                  Row: {
                    "client_id": string,"id": number,"purpose": string,"read_at": string,"reader_id": string | null,"subject": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"id"?: never,"purpose": string,"read_at"?: string,"reader_id"?: string | null,"subject": string
                  }
                  Update: {
                    "client_id"?: string,"id"?: never,"purpose"?: string,"read_at"?: string,"reader_id"?: string | null,"subject"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_profile_reads_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"vip_recommendations": {
                  Row: {
                    "answered_at": string | null,"answered_by": string | null,"client_id": string,"evidence_id": string | null,"expires_at": string,"expiry_reason": string | null,"id": string,"kind": string,"offered_at": string,"outcome": string | null,"outcome_at": string | null,"policy_version": string,"reasons": NonNullable<Json>,"score": number,"state": string,"target_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "answered_at"?: string | null,"answered_by"?: string | null,"client_id": string,"evidence_id"?: string | null,"expires_at": string,"expiry_reason"?: string | null,"id"?: string,"kind": string,"offered_at"?: string,"outcome"?: string | null,"outcome_at"?: string | null,"policy_version": string,"reasons": NonNullable<Json>,"score": number,"state"?: string,"target_id": string,"updated_at"?: string
                  }
                  Update: {
                    "answered_at"?: string | null,"answered_by"?: string | null,"client_id"?: string,"evidence_id"?: string | null,"expires_at"?: string,"expiry_reason"?: string | null,"id"?: string,"kind"?: string,"offered_at"?: string,"outcome"?: string | null,"outcome_at"?: string | null,"policy_version"?: string,"reasons"?: NonNullable<Json>,"score"?: number,"state"?: string,"target_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_recommendations_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"vip_wellness_reports": {
                  Row: {
                    "client_id": string,"drivers": NonNullable<Json>,"evaluated_at": string,"fell_below": number | null,"id": number,"is_fall": boolean,"policy_version": string,"risk_status": string,"score": number,"trend_30_points": number | null,"trend_90_points": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"drivers": NonNullable<Json>,"evaluated_at": string,"fell_below"?: number | null,"id"?: never,"is_fall": boolean,"policy_version": string,"risk_status": string,"score": number,"trend_30_points"?: number | null,"trend_90_points"?: number | null
                  }
                  Update: {
                    "client_id"?: string,"drivers"?: NonNullable<Json>,"evaluated_at"?: string,"fell_below"?: number | null,"id"?: never,"is_fall"?: boolean,"policy_version"?: string,"risk_status"?: string,"score"?: number,"trend_30_points"?: number | null,"trend_90_points"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_wellness_reports_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"visits": {
                  Row: {
                    "booked_at": string,"client_id": string,"currency": string,"ended_at": string | null,"external_ref": string,"id": string,"price_minor": number,"provider": string | null,"recorded_at": string,"source": string,"starts_at": string,"status": string,"told_at": string,"treatment_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "booked_at"?: string,"client_id": string,"currency"?: string,"ended_at"?: string | null,"external_ref": string,"id"?: string,"price_minor": number,"provider"?: string | null,"recorded_at"?: string,"source": string,"starts_at": string,"status"?: string,"told_at"?: string,"treatment_id": string,"updated_at"?: string
                  }
                  Update: {
                    "booked_at"?: string,"client_id"?: string,"currency"?: string,"ended_at"?: string | null,"external_ref"?: string,"id"?: string,"price_minor"?: number,"provider"?: string | null,"recorded_at"?: string,"source"?: string,"starts_at"?: string,"status"?: string,"told_at"?: string,"treatment_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "visits_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "visits_treatment_id_fkey"
      columns: ["treatment_id"]
isOneToOne: false
      referencedRelation: "treatments"
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
                },"wellness_settings": {
                  Row: {
                    "created_at": string,"description": string,"setting": string,"updated_at": string,"value": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"description": string,"setting": string,"updated_at"?: string,"value": number
                  }
                  Update: {
                    "created_at"?: string,"description"?: string,"setting"?: string,"updated_at"?: string,"value"?: number
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
                    "actions": NonNullable<Json>,"conditions": NonNullable<Json>,"created_at": string,"created_by": string | null,"demands": NonNullable<Json>,"desk_id": string | null,"event_kind": string,"id": string,"is_active": boolean,"rank": number,"title": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "actions": NonNullable<Json>,"conditions"?: NonNullable<Json>,"created_at"?: string,"created_by"?: string | null,"demands"?: never,"desk_id"?: string | null,"event_kind": string,"id"?: string,"is_active"?: boolean,"rank"?: number,"title": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "actions"?: NonNullable<Json>,"conditions"?: NonNullable<Json>,"created_at"?: string,"created_by"?: string | null,"demands"?: never,"desk_id"?: string | null,"event_kind"?: string,"id"?: string,"is_active"?: boolean,"rank"?: number,"title"?: string,"updated_at"?: string,"version"?: number
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
                },"recovery_kpis": {
                  Row: {
                    "answered_count": number | null,"case_count": number | null,"desk_id": string,"granted_minor": number | null,"median_resolution_seconds": number | null,"month_starts_at": string | null,"owned_in_time_count": number | null,"recovered_count": number | null,"recovered_share": number | null,"reopened_count": number | null,"resolved_count": number | null,"tier": string,"trigger": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "recovery_cases_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "recovery_cases_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"routing_explanations": {
                  Row: {
                    "agent_id": string | null,"agent_name": string | null,"cycle": number,"decided_at": string,"decision_id": number,"parts": Json | null,"score": number | null,"standing": string | null,"ticket_id": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
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
"acknowledge_outreach":
{ Args: { "p_attempt": number,"p_detail"?: string,"p_outreach_id": string,"p_result": string }; Returns: Json
                           },
"activate_brand_guidelines":
{ Args: { "p_reason"?: string,"p_version": number }; Returns: Json
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
"add_recovery_gesture":
{ Args: { "p_amount_minor": number,"p_case_id": string,"p_description": string,"p_kind": string }; Returns: Json
                           },
"add_ticket_note":
{ Args: { "p_body": string,"p_mentions"?: (string)[],"p_ticket_id": string }; Returns: Json
                           },
"answer_own_survey":
{ Args: { "p_answers": Json,"p_idempotency_key"?: string,"p_survey_id": string }; Returns: Json
                           },
"answer_partner_request":
{ Args: { "p_is_accepted": boolean,"p_note"?: string,"p_request_id": string }; Returns: Json
                           },
"answer_recommendation":
{ Args: { "p_is_accepted": boolean,"p_recommendation_id": string }; Returns: Json
                           },
"answer_survey":
{ Args: { "p_answers": Json,"p_idempotency_key"?: string,"p_token": string }; Returns: Json
                           },
"apply_macro":
{ Args: { "p_idempotency_key"?: string,"p_macro_id": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"approve_content_block":
{ Args: { "p_block_id": string,"p_reason"?: string }; Returns: Json
                           },
"approve_recovery_gesture":
{ Args: { "p_gesture_id": string,"p_reason"?: string }; Returns: Json
                           },
"assign_outreach_task":
{ Args: { "p_owner_id": string,"p_task_id": string,"p_version"?: number }; Returns: Json
                           },
"assign_quality_sample":
{ Args: { "p_reviewer_id": string,"p_sample_id": string }; Returns: Json
                           },
"assign_recovery_case":
{ Args: { "p_case_id": string,"p_reason": string,"p_staff_id": string }; Returns: Json
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
"cancel_corrective_action":
{ Args: { "p_action_id": string,"p_reason": string }; Returns: Json
                           },
"cancel_exclusive_item":
{ Args: { "p_item_id": string,"p_reason": string,"p_version"?: number }; Returns: Json
                           },
"cancel_outreach":
{ Args: { "p_outreach_id": string,"p_reason": string }; Returns: Json
                           },
"cancel_white_glove_service":
{ Args: { "p_reason": string,"p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"check_reply":
{ Args: { "p_body": string,"p_ticket_id": string }; Returns: Json
                           },
"close_exclusive_item":
{ Args: { "p_item_id": string,"p_reason": string,"p_version"?: number }; Returns: Json
                           },
"close_quality_calibration":
{ Args: { "p_calibration_id": string }; Returns: Json
                           },
"close_recovery_case":
{ Args: { "p_case_id": string,"p_note"?: string }; Returns: Json
                           },
"close_ticket":
{ Args: { "p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"complete_outreach_task":
{ Args: { "p_note"?: string,"p_outcome": string,"p_task_id": string,"p_version"?: number }; Returns: Json
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
"correct_judgement":
{ Args: { "p_corrections": Json,"p_message_id": string }; Returns: Json
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
"decide_dispute":
{ Args: { "p_comment": string,"p_dispute_id": string,"p_is_upheld": boolean }; Returns: Json
                           },
"decline_ticket":
{ Args: { "p_reason"?: string,"p_ticket_id": string }; Returns: Json
                           },
"decline_white_glove_service":
{ Args: { "p_reason": string,"p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"delete_brand_phrase":
{ Args: { "p_phrase_id": number,"p_reason"?: string }; Returns: Json
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
"dismiss_outreach_task":
{ Args: { "p_note": string,"p_task_id": string,"p_version"?: number }; Returns: Json
                           },
"dispute_review":
{ Args: { "p_comment": string,"p_proposed_answer": string,"p_review_id": string,"p_standard": string }; Returns: Json
                           },
"draft_brand_guidelines":
{ Args: { "p_from_version"?: number,"p_note": string }; Returns: Json
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
"forget_preference":
{ Args: { "p_choice": string,"p_topic": string }; Returns: Json
                           },
"get_alerts":
{ Args: { "p_limit"?: number,"p_state"?: string }; Returns: Json
                           },
"get_attributed_revenue":
{ Args: { "p_limit"?: number,"p_model"?: string,"p_range"?: string }; Returns: Json
                           },
"get_brand_consistency_metrics":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_client_cohorts":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_client_contacts":
{ Args: { "p_client_id": string }; Returns: Json
                           },
"get_client_journey_metrics":
{ Args: { "p_client_id": string }; Returns: Json
                           },
"get_client_occasions":
{ Args: { "p_client_id": string,"p_days"?: number }; Returns: Json
                           },
"get_client_timeline":
{ Args: { "p_before"?: string,"p_client_id": string,"p_kinds"?: (string)[],"p_limit"?: number }; Returns: Json
                           },
"get_configuration_history":
{ Args: { "p_limit"?: number,"p_row_key"?: string,"p_table_name": string }; Returns: Json
                           },
"get_corrective_actions":
{ Args: { "p_standard"?: string,"p_state"?: string }; Returns: Json
                           },
"get_desk_fairness":
{ Args: { "p_desk_id"?: string,"p_week_on"?: string }; Returns: Json
                           },
"get_desk_queue":
{ Args: { "p_limit"?: number }; Returns: Json
                           },
"get_exclusive_items":
{ Args: { "p_client_id"?: string }; Returns: Json
                           },
"get_executive_metrics":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_identity_checks":
{ Args: { "p_limit"?: number }; Returns: Json
                           },
"get_improvement_opportunities":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_kpis":
{ Args: { "p_filter"?: Json }; Returns: Json
                           },
"get_lifetime_values":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_metric_evidence":
{ Args: { "p_limit"?: number,"p_metric": string,"p_range"?: string }; Returns: Json
                           },
"get_missing_content":
{ Args: { "p_locales"?: (string)[] }; Returns: Json
                           },
"get_missing_survey_texts":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_multi_channel_experience":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_opening_hours":
{ Args: { "p_calendar_id": string,"p_from": string,"p_to": string }; Returns: Json
                           },
"get_outreach":
{ Args: { "p_client_id"?: string,"p_limit"?: number,"p_state"?: string }; Returns: Json
                           },
"get_outreach_preferences":
{ Args: { "p_client_id"?: string }; Returns: Json
                           },
"get_outreach_tasks":
{ Args: { "p_is_mine"?: boolean,"p_limit"?: number,"p_state"?: string }; Returns: Json
                           },
"get_own_surveys":
{ Args: { "p_language"?: string }; Returns: Json
                           },
"get_performance_benchmarks":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_performance_metrics":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_personalization_profile":
{ Args: { "p_client_id": string }; Returns: Json
                           },
"get_personalized_insights":
{ Args: { "p_client_id": string }; Returns: Json
                           },
"get_personalized_recommendations":
{ Args: { "p_client_id": string,"p_purpose"?: string }; Returns: Json
                           },
"get_predictions":
{ Args: { "p_client_id": string }; Returns: Json
                           },
"get_promises":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_quality_audit":
{ Args: { "p_audit_id": string }; Returns: Json
                           },
"get_quality_compliance":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_quality_metrics":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_quality_sample":
{ Args: { "p_sample_id": string }; Returns: Json
                           },
"get_quality_standards":
{ Args: { "p_class"?: string,"p_has_history"?: boolean }; Returns: Json
                           },
"get_quality_tasks":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_recovery_case":
{ Args: { "p_case_id": string }; Returns: Json
                           },
"get_recovery_cases":
{ Args: { "p_limit"?: number,"p_state"?: string }; Returns: Json
                           },
"get_report":
{ Args: { "p_report_id": string }; Returns: Json
                           },
"get_report_table":
{ Args: { "p_report_id": string,"p_table": string }; Returns: string
                           },
"get_revenue_touches":
{ Args: { "p_item_id": string,"p_model"?: string }; Returns: Json
                           },
"get_routing_summary":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_strategic_insights":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_success_metrics":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_support_costs":
{ Args: { "p_kind"?: string,"p_limit"?: number,"p_range"?: string }; Returns: Json
                           },
"get_support_roi":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_survey":
{ Args: { "p_language"?: string,"p_token": string }; Returns: Json
                           },
"get_survey_results":
{ Args: { "p_by"?: string,"p_kind"?: string,"p_language"?: string,"p_range"?: string }; Returns: Json
                           },
"get_system_health":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"get_uplift_report":
{ Args: { "p_range"?: string }; Returns: Json
                           },
"get_view_tickets":
{ Args: { "p_after"?: string,"p_limit"?: number,"p_view_id": string }; Returns: Json
                           },
"get_vip_client_profile":
{ Args: { "p_client_id": string,"p_purpose"?: string }; Returns: Json
                           },
"get_vip_wellness_report":
{ Args: { "p_client_id": string,"p_purpose"?: string }; Returns: Json
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
"hand_over_client_book":
{ Args: { "p_effective_from"?: string,"p_from_staff_id": string,"p_is_moving_tickets"?: boolean,"p_pool_ids"?: (string)[],"p_reason"?: string,"p_roles"?: (string)[],"p_to_staff_id"?: string }; Returns: Json
                           },
"issue_survey_token":
{ Args: { "p_survey_id": string }; Returns: Json
                           },
"keep_presence":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"link_tickets":
{ Args: { "p_kind"?: string,"p_other_ticket_id": string,"p_ticket_id": string }; Returns: Json
                           },
"list_reports":
{ Args: { "p_before"?: string,"p_kind"?: string,"p_limit"?: number }; Returns: Json
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
"open_corrective_action":
{ Args: { "p_agent_id"?: string,"p_audit_id"?: string,"p_channel"?: string,"p_desk_id"?: string,"p_due_on": string,"p_owner_id"?: string,"p_plan": string,"p_scope"?: string,"p_standard": string }; Returns: Json
                           },
"open_quality_calibration":
{ Args: { "p_cycle"?: number,"p_ticket_id": string }; Returns: Json
                           },
"open_recovery_case":
{ Args: { "p_client_id": string,"p_reason": string,"p_ticket_id"?: string }; Returns: Json
                           },
"open_ticket":
{ Args: { "p_body": string,"p_category"?: string,"p_channel": string,"p_client_id"?: string,"p_idempotency_key"?: string,"p_language"?: string,"p_subject": string }; Returns: Json
                           },
"preview_client_book":
{ Args: { "p_effective_from"?: string,"p_from_staff_id": string,"p_pool_ids"?: (string)[],"p_roles"?: (string)[],"p_to_staff_id"?: string }; Returns: Json
                           },
"preview_macro":
{ Args: { "p_macro_id": string,"p_ticket_id": string }; Returns: Json
                           },
"promise_recovery_callback":
{ Args: { "p_case_id": string,"p_due_at": string }; Returns: Json
                           },
"publish_consent_wording":
{ Args: { "p_purpose": string,"p_reason"?: string,"p_text_en": string,"p_text_pl": string,"p_wording_version": string }; Returns: Json
                           },
"receive_message":
{ Args: { "p_address": string,"p_body": string,"p_channel": string,"p_display_name"?: string,"p_external_id"?: string,"p_language"?: string,"p_subject"?: string,"p_ticket_number"?: number }; Returns: Json
                           },
"record_memberships":
{ Args: { "p_memberships": Json }; Returns: Json
                           },
"record_mystery_visit":
{ Args: { "p_agent_id"?: string,"p_answers": Json,"p_channel": string,"p_comment"?: string,"p_desk_id"?: string,"p_happened_at": string,"p_tier"?: string }; Returns: Json
                           },
"record_purchases":
{ Args: { "p_purchases": Json }; Returns: Json
                           },
"record_recovery_callback":
{ Args: { "p_case_id": string,"p_note"?: string }; Returns: Json
                           },
"record_survey_answer":
{ Args: { "p_answers": Json,"p_idempotency_key"?: string,"p_survey_id": string }; Returns: Json
                           },
"record_visits":
{ Args: { "p_visits": Json }; Returns: Json
                           },
"refuse_recovery_gesture":
{ Args: { "p_gesture_id": string,"p_reason": string }; Returns: Json
                           },
"reject_identity":
{ Args: { "p_check_id": string,"p_reason"?: string }; Returns: Json
                           },
"release_exclusive_access":
{ Args: { "p_client_id"?: string,"p_item_id": string,"p_reason"?: string }; Returns: Json
                           },
"remove_client_identity":
{ Args: { "p_identity_id": string,"p_reason": string }; Returns: Json
                           },
"reopen_recovery_case":
{ Args: { "p_case_id": string,"p_reason": string }; Returns: Json
                           },
"reopen_ticket":
{ Args: { "p_reason": string,"p_ticket_id": string }; Returns: Json
                           },
"replay_webhook_delivery":
{ Args: { "p_delivery_id": string }; Returns: Json
                           },
"reply_to_ticket":
{ Args: { "p_body": string,"p_idempotency_key"?: string,"p_override_reason"?: string,"p_seen_message_id"?: string,"p_ticket_id": string }; Returns: Json
                           },
"request_brand_content":
{ Args: { "p_channel": string,"p_client_id": string,"p_language"?: string,"p_purpose": string,"p_values"?: Json }; Returns: Json
                           },
"request_brand_validation":
{ Args: { "p_channel": string,"p_content": string,"p_form_of_address"?: string,"p_gender"?: string,"p_given_name"?: string,"p_language"?: string,"p_tier"?: string }; Returns: Json
                           },
"request_executive_report":
{ Args: { "p_language"?: string,"p_period": string }; Returns: Json
                           },
"request_prediction":
{ Args: { "p_client_id": string,"p_prediction_type": string }; Returns: Json
                           },
"request_quality_audit":
{ Args: { "p_agent_id"?: string,"p_channels"?: (string)[],"p_desk_id"?: string,"p_risk_share"?: number,"p_scope"?: string,"p_size"?: number,"p_timeframe"?: string,"p_type"?: string }; Returns: Json
                           },
"request_sentiment_analysis":
{ Args: { "p_source"?: string,"p_text": string }; Returns: Json
                           },
"request_smart_response":
{ Args: { "p_inquiry"?: string,"p_ticket_id": string }; Returns: Json
                           },
"request_success_report":
{ Args: { "p_language"?: string,"p_period": string }; Returns: Json
                           },
"request_ticket_routing":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"request_workflow_dry_run":
{ Args: { "p_limit"?: number,"p_range"?: string,"p_workflow"?: Json,"p_workflow_id"?: string }; Returns: Json
                           },
"reserve_exclusive_access":
{ Args: { "p_client_id"?: string,"p_item_id": string }; Returns: Json
                           },
"resolve_recovery_case":
{ Args: { "p_case_id": string,"p_cause": string,"p_resolution": string }; Returns: Json
                           },
"resolve_ticket":
{ Args: { "p_override_reason"?: string,"p_resolution": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"resume_white_glove_service":
{ Args: { "p_reason": string,"p_service_id": string,"p_version"?: number }; Returns: Json
                           },
"retire_content_block":
{ Args: { "p_block_id": string,"p_reason"?: string }; Returns: Json
                           },
"retire_reply_template":
{ Args: { "p_reason"?: string,"p_template_id": string }; Returns: Json
                           },
"revoke_staff_role":
{ Args: { "p_reason"?: string,"p_staff_id": string }; Returns: Json
                           },
"rotate_webhook_secret":
{ Args: { "p_webhook_id": string }; Returns: Json
                           },
"save_brand_asset":
{ Args: { "p_ends_on"?: string,"p_key": string,"p_kind": string,"p_locale"?: string,"p_path": string,"p_starts_on"?: string,"p_usage": string }; Returns: Json
                           },
"save_brand_guideline":
{ Args: { "p_channel"?: string,"p_language"?: string,"p_tier"?: string,"p_values": Json,"p_version": number }; Returns: Json
                           },
"save_brand_phrase":
{ Args: { "p_language": string,"p_phrase": string,"p_reason"?: string,"p_rule": string,"p_suggestion"?: string }; Returns: Json
                           },
"save_calendar":
{ Args: { "p_calendar": Json,"p_reason"?: string }; Returns: Json
                           },
"save_content_block":
{ Args: { "p_body": string,"p_channels"?: (string)[],"p_ends_on"?: string,"p_key": string,"p_locale": string,"p_purpose": string,"p_starts_on"?: string,"p_tiers"?: (string)[] }; Returns: Json
                           },
"save_draft":
{ Args: { "p_body": string,"p_is_internal"?: boolean,"p_ticket_id": string }; Returns: Json
                           },
"save_exclusive_item":
{ Args: { "p_item": Json,"p_item_id"?: string,"p_reason"?: string,"p_version"?: number }; Returns: Json
                           },
"save_improvement_plan":
{ Args: { "p_audit_id": string,"p_plan": Json }; Returns: Json
                           },
"save_macro":
{ Args: { "p_actions"?: Json,"p_body"?: string,"p_desk_id"?: string,"p_is_active"?: boolean,"p_language"?: string,"p_macro_id"?: string,"p_scope"?: string,"p_title": string,"p_version"?: number }; Returns: Json
                           },
"save_occasion_rule":
{ Args: { "p_changes": Json,"p_reason"?: string,"p_rule": string,"p_version"?: number }; Returns: Json
                           },
"save_partner":
{ Args: { "p_is_active"?: boolean,"p_kind": string,"p_name": string,"p_partner_id"?: string,"p_rank"?: number,"p_reason"?: string }; Returns: Json
                           },
"save_recovery_cause":
{ Args: { "p_cause": string,"p_is_active"?: boolean,"p_label_en": string,"p_label_pl": string,"p_reason"?: string }; Returns: Json
                           },
"save_reply_template":
{ Args: { "p_is_approved"?: boolean,"p_reason"?: string,"p_template": Json }; Returns: Json
                           },
"save_survey_questionnaire":
{ Args: { "p_kind": string,"p_questions": Json,"p_reason"?: string,"p_texts": Json }; Returns: Json
                           },
"save_survey_texts":
{ Args: { "p_kind": string,"p_language": string,"p_reason"?: string,"p_texts": Json }; Returns: Json
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
"set_brand_rule":
{ Args: { "p_channels"?: (string)[],"p_is_active"?: boolean,"p_reason"?: string,"p_rule": string,"p_severity"?: string,"p_tiers"?: (string)[],"p_weight"?: number }; Returns: Json
                           },
"set_cache_lifetime":
{ Args: { "p_cache": string,"p_reason"?: string,"p_seconds": number }; Returns: Json
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
"set_client_details":
{ Args: { "p_client_id": string,"p_details": Json }; Returns: Json
                           },
"set_client_privileges":
{ Args: { "p_client_id": string,"p_custom_services"?: (string)[],"p_exclusive_access"?: (string)[],"p_reason"?: string }; Returns: Json
                           },
"set_client_team":
{ Args: { "p_client_id": string,"p_dedicated_agent_id": string,"p_deputy_agent_id": string,"p_reason": string,"p_relationship_manager_id": string }; Returns: Json
                           },
"set_client_tier":
{ Args: { "p_client_id": string,"p_next_tier"?: string,"p_reason": string,"p_tier": string,"p_valid_until"?: string }; Returns: Json
                           },
"set_corrective_action":
{ Args: { "p_action_id": string,"p_changes": Json }; Returns: Json
                           },
"set_cost_rate":
{ Args: { "p_amount": number,"p_kind": string,"p_reason"?: string,"p_source": string,"p_subject": string,"p_valid_from_on": string }; Returns: Json
                           },
"set_dedicated_agent":
{ Args: { "p_agent_id": string,"p_client_id": string,"p_reason": string }; Returns: Json
                           },
"set_desk":
{ Args: { "p_desk_id": string,"p_name": string,"p_overflow_desk_id"?: string,"p_reason"?: string }; Returns: Json
                           },
"set_experience_weights":
{ Args: { "p_reason": string,"p_weights": Json }; Returns: Json
                           },
"set_fairness_limit":
{ Args: { "p_clear_below"?: number,"p_desk_id"?: string,"p_kind": string,"p_min_agents"?: number,"p_min_assignments"?: number,"p_raise_above"?: number,"p_reason"?: string }; Returns: Json
                           },
"set_feature_flag":
{ Args: { "p_flag": string,"p_is_enabled": boolean,"p_reason"?: string }; Returns: Json
                           },
"set_improvement_rule":
{ Args: { "p_changes": Json,"p_reason"?: string,"p_rule": string }; Returns: Json
                           },
"set_kpi_target":
{ Args: { "p_key": string,"p_reason": string,"p_target": number,"p_version"?: number,"p_warning_band"?: number }; Returns: Json
                           },
"set_outreach_hours":
{ Args: { "p_calendar_id": string,"p_quiet_from": string,"p_quiet_until": string,"p_quiet_weekdays": (number)[],"p_reason"?: string }; Returns: Json
                           },
"set_outreach_preferences":
{ Args: { "p_client_id"?: string,"p_preferences": Json }; Returns: Json
                           },
"set_outreach_purpose":
{ Args: { "p_cap_count"?: number,"p_cap_days"?: number,"p_keep_hours"?: number,"p_purpose": string,"p_reason"?: string }; Returns: Json
                           },
"set_preference":
{ Args: { "p_choice": string,"p_topic": string,"p_value"?: number }; Returns: Json
                           },
"set_presence":
{ Args: { "p_state": string }; Returns: Json
                           },
"set_presence_setting":
{ Args: { "p_reason"?: string,"p_setting": string,"p_value": number }; Returns: Json
                           },
"set_profiling":
{ Args: { "p_is_allowed": boolean }; Returns: Json
                           },
"set_promise_target":
{ Args: { "p_calendar_id"?: string,"p_first_warning_share"?: number,"p_is_live": boolean,"p_kind": string,"p_last_warning_share"?: number,"p_priority"?: string,"p_reason"?: string,"p_target_seconds"?: number,"p_tier": string }; Returns: Json
                           },
"set_quality_standard":
{ Args: { "p_changes": Json,"p_reason": string,"p_standard": string }; Returns: Json
                           },
"set_recovery_budget":
{ Args: { "p_limit_minor": number,"p_reason"?: string,"p_role": string }; Returns: Json
                           },
"set_reply_budget":
{ Args: { "p_calls_per_day": number,"p_reason"?: string,"p_tokens_per_day": number }; Returns: Json
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
"set_success_goal":
{ Args: { "p_goal": Json,"p_goal_id"?: string,"p_version"?: number }; Returns: Json
                           },
"set_survey_rule":
{ Args: { "p_changes": Json,"p_kind": string,"p_reason"?: string,"p_tier": string }; Returns: Json
                           },
"set_ticket_details":
{ Args: { "p_category"?: string,"p_language"?: string,"p_priority"?: string,"p_subject"?: string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"set_ticket_status":
{ Args: { "p_status": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"set_triage_priority":
{ Args: { "p_impact": string,"p_priority": string,"p_reason"?: string,"p_urgency": string }; Returns: Json
                           },
"set_wait_budget":
{ Args: { "p_is_live": boolean,"p_reason"?: string,"p_stage": string,"p_tier": string,"p_wait_seconds": number }; Returns: Json
                           },
"set_wellness_setting":
{ Args: { "p_reason"?: string,"p_setting": string,"p_value": number }; Returns: Json
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
"start_performance_monitoring":
{ Args: { "p_interval_seconds"?: number,"p_metrics": (string)[] }; Returns: Json
                           },
"start_white_glove_step":
{ Args: { "p_step_id": string,"p_version"?: number }; Returns: Json
                           },
"stop_performance_monitoring":
{ Args: { "p_metrics": (string)[] }; Returns: Json
                           },
"submit_calibration_review":
{ Args: { "p_answers": Json,"p_calibration_id": string,"p_comment"?: string }; Returns: Json
                           },
"submit_review":
{ Args: { "p_answers": Json,"p_comment"?: string,"p_sample_id": string }; Returns: Json
                           },
"take_outreach":
{ Args: { "p_outreach_id": string }; Returns: Json
                           },
"take_recovery_case":
{ Args: { "p_case_id": string }; Returns: Json
                           },
"take_reply_draft":
{ Args: { "p_draft_id": string }; Returns: Json
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
"undo_client_book":
{ Args: { "p_handover_id": string,"p_reason": string }; Returns: Json
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
"update_goal_progress":
{ Args: { "p_evidence"?: Json,"p_goal_id": string,"p_note"?: string,"p_progress": number }; Returns: Json
                           },
"update_performance_alert":
{ Args: { "p_changes": Json,"p_rule_id": string,"p_version"?: number }; Returns: Json
                           },
"update_webhook":
{ Args: { "p_events"?: (string)[],"p_is_active"?: boolean,"p_name"?: string,"p_url"?: string,"p_version"?: number,"p_webhook_id": string }; Returns: Json
                           },
"withdraw_consent":
{ Args: { "p_channel"?: string,"p_client_id": string,"p_purpose": string }; Returns: Json
                           },
"withdraw_recovery_gesture":
{ Args: { "p_gesture_id": string }; Returns: Json
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
